// The script of a WebSocket conversation, message by message and without a socket.
#include "support/testmain.h"

#include "probes/conversation.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

QByteArray message(const QByteArray &type) { return "{\"type\": \"" + type + "\", \"data\": {\"result\": \"forty-two\"}}"; }

ConversationStep expects(const QString &type, std::optional<Duration> within = {}, const StoreList &store = {})
{
    return {.send = {}, .expect = {{.text = u"[MESSAGE].type == "_s + type, .mark = {}}}, .within = within, .store = store};
}

ConversationStep sends(const QString &text) { return {.send = text, .expect = {}, .within = {}, .store = {}}; }

struct Played {
    explicit Played(const QList<ConversationStep> &script)
        : context(std::make_shared<JourneyContext>()), conversation(script, context)
    {
    }
    /// "a b c": one message a second.
    Played &hears(const QString &types)
    {
        for (const QString &type : types.split(u' ', Qt::SkipEmptyParts))
            conversation.hear(message(type.toUtf8()), now += 1s);
        return *this;
    }

    std::shared_ptr<JourneyContext> context;
    Conversation conversation;
    Duration now{};
};

} // namespace

class TestConversation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void messagesMeetTheScript_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("messages");
        QTest::addColumn<Conversation::State>("state");
        QTest::addColumn<QString>("matched"); // entry by message, - for skipped
        using enum Conversation::State;
        QTest::newRow("nothing yet awaits the first") << u"a b"_s << u""_s << Awaiting << u""_s;
        QTest::newRow("in order") << u"a b c"_s << u"a b c"_s << Done << u"0 1 2"_s;
        QTest::newRow("others in between are skipped and kept") << u"a b"_s << u"x a y z b"_s << Done << u"- 0 - - 1"_s;
        QTest::newRow("one missing is awaited") << u"a b c"_s << u"a c"_s << Awaiting << u"0 -"_s;
        QTest::newRow("the wrong order does not count") << u"a b"_s << u"b a"_s << Awaiting << u"- 0"_s;
        QTest::newRow("the same twice needs two messages") << u"a a"_s << u"a"_s << Awaiting << u"0"_s;
        QTest::newRow("a repetition is skipped") << u"a b"_s << u"a a b"_s << Done << u"0 - 1"_s;
        QTest::newRow("an empty script is done at once") << u""_s << u""_s << Done << u""_s;
        QTest::newRow("what comes afterwards is not heard") << u"a"_s << u"a b"_s << Done << u"0"_s;
    }
    void messagesMeetTheScript()
    {
        QFETCH(QString, script);
        QFETCH(QString, messages);
        QFETCH(Conversation::State, state);
        QFETCH(QString, matched);
        QList<ConversationStep> steps;
        for (const QString &type : script.split(u' ', Qt::SkipEmptyParts))
            steps.append(expects(type));
        Played played(steps);
        played.hears(messages);
        QCOMPARE(played.conversation.state(), state);
        QStringList entries;
        for (const Exchange &exchange : played.conversation.transcript())
            entries.append(exchange.entry < 0 ? u"-"_s : QString::number(exchange.entry));
        QCOMPARE(entries.join(u' '), matched);
    }

    void allConditionsMeetTheSameMessage()
    {
        ConversationStep both = expects(u"a"_s);
        both.expect.append({.text = u"[MESSAGE].data.result == forty-two"_s, .mark = {}});
        Played played({both});
        played.conversation.hear("{\"type\": \"a\"}", 1s);
        QCOMPARE(played.conversation.state(), Conversation::State::Awaiting);
        played.hears(u"a"_s);
        QCOMPARE(played.conversation.state(), Conversation::State::Done);
    }

    void theMessageIsTheBodyToo()
    {
        Played played({{.send = {}, .expect = {{.text = u"[BODY].data.result == forty-two"_s, .mark = {}}}, .within = {}, .store = {{u"answer"_s, u"[BODY].data.result"_s}}}});
        QCOMPARE(played.hears(u"a"_s).conversation.state(), Conversation::State::Done);
        QCOMPARE(played.context->values.value(u"answer"_s).toString(), u"forty-two"_s);
    }

    void aConditionThatDoesNotParseIsNeverMet()
    {
        ConversationStep broken = expects(u"a"_s);
        broken.expect.append({.text = u"[MESAGE] == x"_s, .mark = {}});
        Played played({broken});
        QCOMPARE(played.hears(u"a a"_s).conversation.state(), Conversation::State::Awaiting);
    }

    void sendingUsesWhatWasStored()
    {
        Played played({expects(u"hello"_s, {}, {{u"answer"_s, u"[MESSAGE].data.result"_s}}), sends(u"say [CONTEXT].answer"_s), expects(u"done"_s)});
        QCOMPARE(played.hears(u"hello"_s).conversation.state(), Conversation::State::Sending);
        QCOMPARE(played.conversation.takeMessage(2s), QByteArray("say forty-two"));
        QCOMPARE(played.conversation.state(), Conversation::State::Awaiting);
        QCOMPARE(played.context->secrets.mask(u"forty-two"_s), u"•••"_s);
        QCOMPARE(played.conversation.transcript().last().way, Exchange::Way::Sent);
    }

    void whatCannotBeStoredFails()
    {
        Played played({expects(u"hello"_s, {}, {{u"answer"_s, u"[MESSAGE].data.token"_s}})});
        QCOMPARE(played.hears(u"hello"_s).conversation.state(), Conversation::State::Failed);
        QCOMPARE(played.conversation.ownFailure()->kind, FailureKind::Store);
        QCOMPARE(played.conversation.ownFailure()->message, u"`answer` could not be stored: the answer holds no [MESSAGE].data.token"_s);
    }

    void aMessageWithoutItsValueIsNotSent()
    {
        Played played({sends(u"hi [CONTEXT].user"_s)});
        QCOMPARE(played.conversation.takeMessage(0s), QByteArray());
        QCOMPARE(played.conversation.state(), Conversation::State::Failed);
        QVERIFY(played.conversation.ownFailure()->message.contains(u"[CONTEXT].user has no value"_s));
    }

    void patienceCountsFromTheTurn()
    {
        Played played({expects(u"a"_s, 5s), expects(u"b"_s), expects(u"c"_s, 15s)});
        QCOMPARE(played.conversation.patienceEnds(), std::optional<Duration>(5s));
        QCOMPARE(played.hears(u"a"_s).conversation.patienceEnds(), std::nullopt);
        QCOMPARE(played.hears(u"x b"_s).conversation.patienceEnds(), std::optional<Duration>(18s));
    }

    void failuresSayWhatCame_data()
    {
        QTest::addColumn<QString>("messages");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("hint");
        const QString transcript = u"the transcript shows every message with its time"_s;
        QTest::newRow("silence") << u"a"_s << u"5.0 s ran out while waiting for `[MESSAGE].type == b` (entry 2 of 3); no message came meanwhile"_s << transcript;
        QTest::newRow("other messages") << u"a error_message"_s << u"5.0 s ran out while waiting for `[MESSAGE].type == b` (entry 2 of 3); what came instead: error_message"_s << transcript;
        QTest::newRow("too early") << u"a c"_s << u"5.0 s ran out while waiting for `[MESSAGE].type == b` (entry 2 of 3); what came instead: c"_s << u"out of order: c came before its turn"_s;
        QTest::newRow("many") << u"a 1 2 3 4 5 6 7"_s << u"5.0 s ran out while waiting for `[MESSAGE].type == b` (entry 2 of 3); what came instead: 1, 2, 3, 4, 5 and 2 more"_s << transcript;
    }
    void failuresSayWhatCame()
    {
        QFETCH(QString, messages);
        QFETCH(QString, message);
        QFETCH(QString, hint);
        Played played({expects(u"a"_s), expects(u"b"_s, 5s), expects(u"c"_s)});
        const Failure failure = played.hears(messages).conversation.ranOut();
        QCOMPARE(failure.kind, FailureKind::Timeout);
        QCOMPARE(failure.phase, std::optional(Phase::Conversation));
        QCOMPARE(failure.message, message);
        QCOMPARE(failure.hint, hint);
    }

    void longSilenceIsNoted()
    {
        Played played({expects(u"a"_s), expects(u"b"_s)});
        played.conversation.hear(message("a"), 1s);
        played.conversation.hear(message("b"), 18s);
        QCOMPARE(played.conversation.notes(), QStringList{u"17.0 s of silence between a and b"_s});
    }

    void aFloodIsBounded()
    {
        Played played({expects(u"never"_s)});
        for (int i = 0; i < 5000; ++i)
            played.conversation.hear(QByteArray(10'000, 'x'), std::chrono::seconds(i * 20));
        QVERIFY(played.conversation.transcript().size() <= 200);
        QVERIFY(played.conversation.notes().size() <= 25);
        QVERIFY(played.conversation.ranOut().message.size() < 1000);
    }

    void bytesThatAreNoTextAreShownAsHex()
    {
        Played played({expects(u"a"_s)});
        played.conversation.hear(QByteArray::fromHex("00ff10"), 1s);
        QCOMPARE(played.conversation.transcript()[0].text, u"3 bytes, not text: 00 ff 10"_s);
    }
};

QTEST_GUILESS_MAIN(TestConversation)
#include "tst_conversation.moc"
