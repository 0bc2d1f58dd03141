#include "probes/conversation.h"

#include "conditions/extract.h"
#include "probes/timedprobe.h"

#include <QJsonDocument>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxRecorded = 200; ///< messages of a transcript; more are counted
constexpr qsizetype maxNotes = 20;
constexpr qsizetype maxNamed = 5;      ///< skipped messages named in a failure

/// What people call a message: its `type` or `event`, else how it starts.
QString nameOf(const QByteArray &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message).object();
    for (QLatin1StringView key : {"type"_L1, "event"_L1}) {
        if (const QString name = object.value(key).toString(); !name.isEmpty())
            return name.left(60);
    }
    return excerptOf(message).simplified().left(40);
}

QString oneLine(const QList<ConditionText> &expect)
{
    QStringList texts;
    for (const ConditionText &condition : expect)
        texts.append(condition.text);
    return texts.join(" and "_L1);
}

} // namespace

Conversation::Conversation(const QList<ConversationStep> &script, std::shared_ptr<JourneyContext> context)
    : m_context(std::move(context))
{
    for (const ConversationStep &step : script) {
        Entry entry{.step = step, .expect = {}};
        for (const ConditionText &text : step.expect) {
            auto parsed = Condition::parse(text.text);
            if (auto *condition = std::get_if<Condition>(&parsed))
                entry.expect.append(*condition);
        }
        m_entries.append(entry);
    }
    takeTurn(Duration::zero());
}

void Conversation::takeTurn(Duration now)
{
    m_turnSince = now;
    if (m_turn >= m_entries.size())
        m_state = State::Done;
    else
        m_state = m_entries[m_turn].step.expect.isEmpty() ? State::Sending : State::Awaiting;
}

QByteArray Conversation::takeMessage(Duration now)
{
    Q_ASSERT(m_state == State::Sending);
    const Filled filled = fillContext(m_entries[m_turn].step.send, m_context->values);
    if (!filled.missing.isEmpty()) {
        m_state = State::Failed;
        m_failure = Failure{.kind = FailureKind::Store,
                            .phase = Phase::Conversation,
                            .message = u"the message could not be sent: %1 has no value"_s.arg(filled.missing.first()),
                            .hint = u"an earlier step or message must `store` it"_s};
        return {};
    }
    const QByteArray message = filled.text.toUtf8();
    record(Exchange::Way::Sent, message, now, static_cast<int>(m_turn));
    ++m_turn;
    takeTurn(now);
    return message;
}

bool Conversation::meets(const Entry &entry, const Evidence &evidence) const
{
    return !entry.expect.isEmpty() && entry.expect.size() == entry.step.expect.size()
        && std::ranges::all_of(entry.expect, [&](const Condition &condition) {
               return condition.evaluate(evidence).result == Truth::Met;
           });
}

void Conversation::hear(const QByteArray &message, Duration now)
{
    if (m_state == State::Done || m_state == State::Failed)
        return;
    noteGap(message, now);
    const Evidence evidence{.body = message, .message = message, .context = m_context->values};
    const bool wanted = m_state == State::Awaiting && meets(m_entries[m_turn], evidence);
    record(Exchange::Way::Received, message, now, wanted ? static_cast<int>(m_turn) : -1);
    if (!wanted) {
        const QString called = nameOf(message);
        ++m_skippedCount;
        if (m_skipped.size() < maxNamed)
            m_skipped.append(called);
        const auto later = std::ranges::any_of(m_entries.begin() + m_turn + 1, m_entries.end(),
                                               [&](const Entry &entry) { return meets(entry, evidence); });
        if (later && m_early.size() < maxNamed)
            m_early.append(called);
        return;
    }
    m_lastExpected = message;
    m_skipped.clear();
    m_skippedCount = 0;
    if (!store(m_entries[m_turn].step.store, evidence))
        return;
    ++m_turn;
    takeTurn(now);
}

bool Conversation::store(const StoreList &list, const Evidence &evidence)
{
    for (const auto &[key, placeholder] : list) {
        const std::optional<QJsonValue> value = extract(placeholder, evidence);
        if (!value) {
            m_state = State::Failed;
            m_failure = storeFailure(key, placeholder);
            m_failure->phase = Phase::Conversation;
            return false;
        }
        m_context->keep(key, *value);
    }
    return true;
}

void Conversation::record(Exchange::Way way, const QByteArray &message, Duration now, int entry)
{
    if (m_transcript.size() >= maxRecorded && entry < 0)
        ++m_unrecorded;
    else
        m_transcript.append({.way = way, .at = now, .text = excerptOf(message), .entry = entry});
}

void Conversation::noteGap(const QByteArray &message, Duration now)
{
    const QString called = nameOf(message);
    if (m_lastHeard && now - *m_lastHeard > longGap && m_notes.size() < maxNotes) {
        m_notes.append(u"%1 of silence between %2 and %3"_s.arg(durationText(now - *m_lastHeard), m_lastHeardName, called));
    }
    m_lastHeard = now;
    m_lastHeardName = called;
}

std::optional<Duration> Conversation::patienceEnds() const
{
    if (m_state != State::Awaiting || !m_entries[m_turn].step.within)
        return std::nullopt;
    return m_turnSince + *m_entries[m_turn].step.within;
}

QString Conversation::awaited() const
{
    const qsizetype turn = std::min(m_turn, m_entries.size() - 1);
    return u"`%1` (entry %2 of %3)"_s.arg(oneLine(m_entries[turn].step.expect)).arg(turn + 1).arg(m_entries.size());
}

Failure Conversation::failure(FailureKind kind, const QString &reason) const
{
    if (m_failure)
        return *m_failure;
    QString came = u"no message came meanwhile"_s;
    if (!m_skipped.isEmpty()) {
        const QString more = m_skippedCount > m_skipped.size() ? u" and %1 more"_s.arg(m_skippedCount - m_skipped.size()) : QString();
        came = u"what came instead: %1%2"_s.arg(m_skipped.join(", "_L1), more);
    }
    QString hint = m_early.isEmpty()
        ? u"the transcript shows every message with its time"_s
        : u"out of order: %1 came before its turn"_s.arg(m_early.join(", "_L1));
    return {.kind = kind,
            .phase = Phase::Conversation,
            .message = u"%1 while waiting for %2; %3"_s.arg(reason, awaited(), came),
            .hint = hint};
}

Failure Conversation::ranOut() const
{
    const std::optional<Duration> within = m_turn < m_entries.size() ? m_entries[m_turn].step.within : std::nullopt;
    return failure(FailureKind::Timeout, within ? u"%1 ran out"_s.arg(durationText(*within)) : u"time ran out"_s);
}

QStringList Conversation::notes() const
{
    QStringList notes = m_notes;
    if (!m_early.isEmpty())
        notes.append(u"out of order: %1 came before its turn"_s.arg(m_early.join(", "_L1)));
    if (m_unrecorded > 0)
        notes.append(u"%1 further skipped messages are not in the transcript"_s.arg(m_unrecorded));
    return notes;
}

} // namespace allclear
