#include "conditions/extract.h"
#include "incident/sections.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

StoreList readStore(const Section &section)
{
    const StoreList store = section.pairs("store"_L1);
    for (const auto &[name, placeholder] : store) {
        if (const std::optional<ConditionError> error = checkStored(placeholder))
            section.reading().error(section.markOf("store"_L1), u"`store` of `%1`: %2"_s.arg(name, error->message), error->suggestion);
    }
    return store;
}

namespace {

ConversationStep readEntry(const Section &section)
{
    ConversationStep step;
    step.send = section.text("send"_L1);
    step.expect = section.conditions("expect"_L1, Windowed::Refused);
    step.within = section.duration("within"_L1, Least::Positive);
    step.store = readStore(section);
    Reading &reading = section.reading();
    if (!section.has("send"_L1) && !section.has("expect"_L1))
        reading.error(section.mark(), u"a conversation entry needs `send` or `expect`"_s);
    if (section.has("send"_L1) && section.has("expect"_L1))
        reading.error(section.markOf("expect"_L1), u"a conversation entry sends or expects, not both"_s, u"make it two entries"_s);
    if (section.has("send"_L1) && !step.store.isEmpty())
        reading.error(section.markOf("store"_L1), u"only an entry that expects a message can `store`"_s, u"move it to the `expect` that waits for the answer"_s);
    return step;
}

} // namespace

QList<ConversationStep> readConversation(const Section &section)
{
    QList<ConversationStep> conversation;
    for (const Section &entry : section.sections("conversation"_L1))
        conversation.append(readEntry(entry));
    return conversation;
}

} // namespace allclear::reading
