#include "conditions/jsonmemo.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace allclear {

namespace {

// QJsonDocument takes only objects and arrays at the root; a lone value is read as the only element of an array.
std::optional<QJsonValue> parseLoneValue(const QByteArray &trimmed)
{
    static constexpr QByteArrayView starts("-0123456789\"tfn");
    if (trimmed.isEmpty() || !starts.contains(trimmed.front()))
        return std::nullopt;
    const QJsonArray wrapped = QJsonDocument::fromJson('[' + trimmed + ']').array();
    if (wrapped.size() != 1)
        return std::nullopt;
    return wrapped.first();
}

std::optional<QJsonValue> parse(const QByteArray &bytes)
{
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    if (document.isArray())
        return document.array();
    if (document.isObject())
        return document.object();
    return parseLoneValue(bytes.trimmed());
}

} // namespace

std::optional<QJsonValue> JsonMemo::root(const QByteArray &bytes) const
{
    const bool known = m_parsed && m_parsed->source.constData() == bytes.constData()
        && m_parsed->source.size() == bytes.size();
    if (!known)
        m_parsed = std::make_shared<const Parsed>(Parsed{.source = bytes, .root = parse(bytes)});
    return m_parsed->root;
}

} // namespace allclear
