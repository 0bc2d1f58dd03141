#include "incident/treebuilder.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

ValuePtr nothing(SourceMark mark)
{
    auto value = std::make_shared<Value>();
    value->mark = mark;
    return value;
}

} // namespace

void TreeBuilder::error(SourceMark mark, const QString &message, const QString &suggestion)
{
    m_diagnostics.append({.mark = mark, .message = message, .suggestion = suggestion, .excerpt = {}});
}

void TreeBuilder::OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) { place(nothing(at(mark)), anchor); }

void TreeBuilder::OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    const ValuePtr target = m_anchors.value(anchor);
    if (!target)
        error(at(mark), u"this alias refers to the value it stands in"_s, u"give the anchor a value that ends before the alias"_s);
    place(target ? target : nothing(at(mark)), 0);
}

void TreeBuilder::OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &text)
{
    auto value = std::make_shared<Value>();
    value->type = Value::Type::Scalar;
    value->text = QString::fromStdString(text);
    value->mark = at(mark);
    value->anchored = anchor != 0;
    if (tag != "?") { // plain scalars have this tag
        m_lastQuotedOffset = mark.pos;
        m_lastQuotedMark = value->mark;
    }
    place(value, anchor);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor, YAML::EmitterStyle::value)
{
    open(Value::Type::Sequence, mark, anchor);
}

void TreeBuilder::OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor, YAML::EmitterStyle::value)
{
    open(Value::Type::Map, mark, anchor);
}

void TreeBuilder::open(Value::Type type, const YAML::Mark &mark, YAML::anchor_t anchor)
{
    Frame frame{.value = std::make_shared<Value>(), .anchor = anchor, .key = {}, .keys = {}};
    frame.value->type = type;
    frame.value->mark = at(mark);
    frame.value->anchored = anchor != 0;
    m_stack.push_back(std::move(frame));
}

void TreeBuilder::close()
{
    const Frame frame = std::move(m_stack.back());
    m_stack.pop_back();
    place(frame.value, frame.anchor);
}

void TreeBuilder::place(ValuePtr value, YAML::anchor_t anchor)
{
    if (anchor != 0)
        m_anchors.insert(anchor, value);
    if (m_stack.empty()) {
        m_root = value->type == Value::Type::Null ? nullptr : value;
        return;
    }
    Frame &frame = m_stack.back();
    if (frame.value->type == Value::Type::Map && !frame.key)
        addKey(frame, std::move(value));
    else
        addValue(frame, value);
}

void TreeBuilder::addKey(Frame &frame, ValuePtr key)
{
    if (key->type == Value::Type::Scalar) {
        const auto first = frame.keys.constFind(key->text);
        if (first != frame.keys.cend() && key->text != "<<"_L1)
            error(key->mark, u"duplicate key `%1`"_s.arg(key->text), u"it is already on line %1"_s.arg(first->line));
        else
            frame.keys.insert(key->text, key->mark);
    } else {
        error(key->mark, u"a key must be text, not %1"_s.arg(typeName(*key)), {});
    }
    frame.key = std::move(key);
}

void TreeBuilder::addValue(Frame &frame, const ValuePtr &value)
{
    Value &parent = *frame.value;
    const bool merges = frame.key && frame.key->text == "<<"_L1;
    if (merges && value->type != Value::Type::Map && value->type != Value::Type::Sequence)
        error(value->mark, u"`<<` must merge a mapping, not %1"_s.arg(typeName(*value)), u"write `<<: *name`"_s);
    grow(parent, *value);
    const bool fits = parent.expanded <= maxNodes && parent.depth <= maxDepth;
    if (!fits && !m_tooLarge) {
        error(value->mark, parent.depth > maxDepth ? u"the file is nested more than %1 levels deep"_s.arg(maxDepth)
                                                   : u"the file grows beyond %1 values when its aliases are written out"_s.arg(maxNodes),
              u"flatten it"_s);
        m_tooLarge = true;
    }
    const bool duplicate = frame.key && frame.key->type == Value::Type::Scalar && frame.keys.value(frame.key->text) != frame.key->mark && !merges;
    if (fits && parent.type == Value::Type::Sequence)
        parent.items.append(value);
    else if (fits && frame.key->type == Value::Type::Scalar && !duplicate)
        parent.entries.append({frame.key, value});
    if (!fits) { // drop it and stay within bounds
        parent.items.clear();
        parent.entries.clear();
        parent.expanded = 1;
        parent.depth = 1;
    }
    frame.key = nullptr;
}

void TreeBuilder::grow(Value &parent, const Value &child)
{
    parent.expanded = std::min(parent.expanded + child.expanded, maxNodes + 1);
    parent.depth = std::max(parent.depth, child.depth + 1);
}

} // namespace allclear::reading
