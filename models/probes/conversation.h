// The script of a WebSocket conversation without the socket: what goes out next, what is awaited, what came. Messages
// that the awaited entry does not want are skipped and kept as evidence. One thread; times are since the probe's start.
#pragma once

#include "probes/probe.h"

namespace allclear {

/// Silence between two messages that is worth a note.
inline constexpr Duration longGap = 15s;

class Conversation {
public:
    Conversation(const QList<ConversationStep> &script, std::shared_ptr<JourneyContext> context);

    enum class State { Sending, Awaiting, Done, Failed };
    State state() const { return m_state; }

    /// Sending only: the message, with [CONTEXT] filled in; the next entry's turn has come afterwards.
    QByteArray takeMessage(Duration now);
    /// A message arrived; out of turn it is skipped.
    void hear(const QByteArray &message, Duration now);
    /// Awaiting only: when the patience of the awaited entry ends, if it has an end of its own.
    std::optional<Duration> patienceEnds() const;

    /// What an unfinished conversation failed of: its own failure, or what it was waiting for.
    Failure failure(FailureKind kind, const QString &reason) const;
    Failure ranOut() const;
    const std::optional<Failure> &ownFailure() const { return m_failure; }

    const QList<Exchange> &transcript() const { return m_transcript; }
    QStringList notes() const;
    /// The message that met the last `expect`; nothing when none did.
    const std::optional<QByteArray> &lastExpected() const { return m_lastExpected; }

private:
    struct Entry {
        ConversationStep step;
        QList<Condition> expect;
    };
    void takeTurn(Duration now);
    bool meets(const Entry &entry, const Evidence &evidence) const;
    void record(Exchange::Way way, const QByteArray &message, Duration now, int entry);
    void noteGap(const QByteArray &message, Duration now);
    bool store(const StoreList &list, const Evidence &evidence);
    QString awaited() const;

    QList<Entry> m_entries;
    std::shared_ptr<JourneyContext> m_context;
    qsizetype m_turn = 0;
    Duration m_turnSince{};
    State m_state = State::Done;
    std::optional<Failure> m_failure;
    QList<Exchange> m_transcript;
    std::optional<QByteArray> m_lastExpected;
    std::optional<Duration> m_lastHeard;
    QString m_lastHeardName;
    QStringList m_skipped, m_early, m_notes;
    qsizetype m_skippedCount = 0; ///< since the last entry that was met
    qsizetype m_unrecorded = 0;
};

} // namespace allclear
