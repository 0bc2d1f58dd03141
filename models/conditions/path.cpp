#include "conditions/path.h"

#include "conditions/overloaded.h"

#include <QJsonArray>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

class PathReader {
public:
    PathReader(QStringView text, int column) : m_text(text), m_column(column) {}

    std::variant<Path, ConditionError> read()
    {
        while (m_at < m_text.size()) {
            const bool ok = m_text[m_at] == u'.' ? readMember() : readIndex();
            if (!ok)
                return m_error;
        }
        return m_path;
    }

private:
    bool readMember()
    {
        const qsizetype start = ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != u'.' && m_text[m_at] != u'[') {
            if (m_text[m_at] == u']')
                return fail(m_at, u"`]` has no `[` before it"_s, {});
            ++m_at;
        }
        const QStringView name = m_text.sliced(start, m_at - start);
        // ".[0]" is Gatus's way to write "[0]" behind a placeholder
        if (name.isEmpty() && start == 1 && m_at < m_text.size() && m_text[m_at] == u'[')
            return true;
        if (name.trimmed().isEmpty())
            return fail(start - 1, u"a name is missing after `.`"_s, {});
        m_path.append(name.toString());
        return true;
    }

    bool readIndex()
    {
        const qsizetype start = m_at;
        if (m_text[m_at] != u'[')
            return fail(m_at, u"unexpected text after `]`"_s, u"write `.` before the next name"_s);
        const qsizetype close = m_text.indexOf(u']', m_at);
        if (close < 0)
            return fail(start, u"`[` is not closed"_s, u"add `]`"_s);
        const QStringView digits = m_text.sliced(start + 1, close - start - 1);
        const bool whole = !digits.isEmpty()
            && std::ranges::all_of(digits, [](QChar c) { return c >= u'0' && c <= u'9'; });
        bool ok = false;
        const qsizetype index = digits.toInt(&ok);
        if (!whole || !ok) {
            return fail(start + 1, u"`%1` is no index: write a number from 0 between `[` and `]`"_s.arg(digits),
                        u"a member of an object is written `.%1`"_s.arg(digits));
        }
        m_path.append(index);
        m_at = close + 1;
        return true;
    }

    bool fail(qsizetype at, const QString &message, const QString &suggestion)
    {
        m_error = ConditionError{
            .column = m_column + static_cast<int>(at), .message = message, .suggestion = suggestion};
        return false;
    }

    QStringView m_text;
    int m_column;
    qsizetype m_at = 0;
    Path m_path;
    ConditionError m_error;
};

QJsonValue step(const QJsonValue &from, const PathStep &step)
{
    return std::visit(Overloaded{
                          [&from](const QString &name) { return from.toObject().value(name); },
                          [&from](qsizetype index) { return from.toArray().at(index); },
                      },
                      step);
}

} // namespace

std::variant<Path, ConditionError> parsePath(QStringView text, int column)
{
    return PathReader(text, column).read();
}

std::optional<QJsonValue> follow(const QJsonValue &root, const Path &path)
{
    QJsonValue value = root;
    for (const PathStep &next : path)
        value = step(value, next);
    if (value.isUndefined() || value.isNull())
        return std::nullopt;
    return value;
}

} // namespace allclear
