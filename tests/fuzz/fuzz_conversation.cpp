// WebSocket messages against a script. Both are lines: the script ("> text" sends, "< condition" awaits, "= path"
// stores), an empty line, then one message a line. Done is only who has a message on record for every entry.
#include "fuzzing.h"

#include "probes/conversation.h"
#include "probes/timedprobe.h"

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

constexpr qsizetype mostEntries = 20, mostMessages = 400;

QList<ConversationStep> scriptOf(const QByteArray &text)
{
    QList<ConversationStep> script;
    for (const QByteArray &line : text.split('\n').first(std::min(mostEntries, text.count('\n') + 1))) {
        const QString rest = QString::fromUtf8(line.mid(1)).trimmed();
        if (line.startsWith('<') && Condition::parse(rest).index() == 0)
            script.append(
                {.send = {}, .expect = {{.text = rest, .mark = {}}}, .within = std::chrono::seconds(3), .store = {}});
        else if (line.startsWith('>'))
            script.append({.send = rest, .expect = {}, .within = {}, .store = {}});
        else if (line.startsWith('=') && !script.isEmpty() && !script.back().expect.isEmpty())
            script.back().store.append({QStringLiteral("k%1").arg(script.size()), rest});
    }
    return script;
}

/// Every entry has exactly one exchange of its way; every expectation is met by what is on record.
void checkEvidence(const QList<ConversationStep> &script, const Conversation &conversation)
{
    for (int entry = 0; entry < script.size(); ++entry) {
        const auto way = script[entry].expect.isEmpty() ? Exchange::Way::Sent : Exchange::Way::Received;
        require(std::ranges::count_if(
                    conversation.transcript(),
                    [&](const Exchange &exchange) { return exchange.entry == entry && exchange.way == way; })
                == 1);
    }
    const bool awaits =
        std::ranges::any_of(script, [](const ConversationStep &step) { return !step.expect.isEmpty(); });
    require(awaits == conversation.lastExpected().has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray input = Input(data, size).rest();
    const qsizetype cut = input.indexOf("\n\n");
    if (cut < 0)
        return 0;
    const QList<ConversationStep> script = scriptOf(input.first(cut));
    const auto context = std::make_shared<JourneyContext>();
    Conversation conversation(script, context);
    Duration now{};
    const auto say = [&] {
        while (conversation.state() == Conversation::State::Sending)
            (void)conversation.takeMessage(now);
    };
    say();
    qsizetype heard = 0;
    for (const QByteArray &message : input.sliced(cut + 2).split('\n')) {
        if (++heard > mostMessages)
            break;
        conversation.hear(message, now += std::chrono::seconds(heard % 20));
        say();
    }
    using enum Conversation::State;
    const Conversation::State state = conversation.state();
    require(conversation.transcript().size() <= 200 + script.size() && conversation.notes().size() <= 22);
    require((state == Failed) == conversation.ownFailure().has_value());
    if (state == Done)
        checkEvidence(script, conversation);
    else
        requireTold(conversation.ranOut());
    if (const auto ends = conversation.patienceEnds())
        require(state == Awaiting && *ends <= now + std::chrono::seconds(3));
    return 0;
}
