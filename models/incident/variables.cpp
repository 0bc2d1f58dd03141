#include "incident/variables.h"

#include <algorithm>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestValue = 256 * 1024;
constexpr qsizetype mostGrowth = 16 * 1024 * 1024; // of all values together: no file can fill the memory

bool isNameStart(QChar c) { return c == u'_' || (c.unicode() < 0x80 && c.isLetter()); }
bool isNamePart(QChar c) { return isNameStart(c) || (c.unicode() < 0x80 && c.isDigit()); }

} // namespace

bool Variables::isName(QStringView text)
{
    return !text.isEmpty() && isNameStart(text.front()) && std::ranges::all_of(text, isNamePart);
}

std::optional<QString> Variables::value(const QString &name) const
{
    if (const auto given = m_given.constFind(name); given != m_given.cend())
        return *given;
    if (const QByteArray utf8 = name.toUtf8(); m_environment && qEnvironmentVariableIsSet(utf8.constData()))
        return qEnvironmentVariable(utf8.constData());
    if (const auto block = m_block.constFind(name); block != m_block.cend())
        return *block;
    return std::nullopt;
}

Variables::Reference Variables::referenceAt(QStringView text, qsizetype at, Dollar dollar)
{
    const QStringView rest = text.sliced(at + 1);
    if (rest.startsWith(u'{')) {
        const qsizetype end = rest.indexOf(u'}');
        const QString name = end > 1 ? rest.sliced(1, end - 1).toString() : QString();
        return name.isEmpty() ? Reference{} : Reference{name, end + 2};
    }
    if (dollar == Dollar::BracesOnly || rest.isEmpty() || !isNameStart(rest.front()))
        return {};
    qsizetype length = 0;
    while (length < rest.size() && isNamePart(rest[length]))
        ++length;
    return {rest.first(length).toString(), length + 1};
}

Expanded Variables::expand(const QString &source, Dollar dollar)
{
    Expanded result;
    if (!source.contains(u'$')) {
        result.text = source;
        return result;
    }
    const auto put = [&result](QStringView text, qsizetype from, bool literal) {
        for (qsizetype i = 0; i < text.size(); ++i)
            result.origin.append(static_cast<int>(literal ? from + i : from));
        result.text += text;
    };
    for (qsizetype at = 0; at < source.size() && !result.tooLong;) {
        if (source[at] != u'$') {
            put(QStringView(source).sliced(at, 1), at, true);
            ++at;
            continue;
        }
        if (at + 1 < source.size() && source[at + 1] == u'$') {
            put(u"$", at, true);
            at += 2;
            continue;
        }
        const Reference reference = referenceAt(source, at, dollar);
        const std::optional<QString> found = reference.length > 0 ? value(reference.name) : std::nullopt;
        const qsizetype length = std::max<qsizetype>(reference.length, 1);
        if (found) {
            m_used.insert(reference.name, *found);
            m_grown += found->size();
            result.tooLong = result.text.size() + found->size() > longestValue || m_grown > mostGrowth;
            if (!result.tooLong)
                put(*found, at, false);
        } else {
            if (reference.length > 0 && !result.undefined.contains(reference.name))
                result.undefined.append(reference.name);
            put(QStringView(source).sliced(at, length), at, true);
        }
        at += length;
    }
    return result;
}

QStringList Variables::secretValues() const
{
    QStringList values;
    for (const QMap<QString, QString> *map : {&m_given, &m_block, &m_used}) {
        for (auto it = map->cbegin(); it != map->cend(); ++it) {
            if (Secrets::isSecretName(it.key()))
                values.append(it.value());
        }
    }
    return values;
}

} // namespace allclear::reading
