#include "incident/section.h"

#include <QDir>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {
constexpr int mostErrors = 1000;
constexpr int mostSuggestions = 200; // a search among all names costs time; nobody reads the two-hundredth
} // namespace

void Reading::add(Severity severity, SourceMark mark, const QString &message, const QString &suggestion)
{
    const QString id = u"%1:%2 %3"_s.arg(mark.line).arg(mark.column).arg(message);
    if (m_seen.contains(id) || m_diagnostics.size() >= 2 * mostErrors)
        return;
    m_seen.insert(id);
    m_diagnostics.append({.severity = severity, .mark = mark, .message = message, .suggestion = suggestion, .excerpt = {}});
}

void Reading::error(SourceMark mark, const QString &message, const QString &suggestion)
{
    if (++m_errors <= mostErrors)
        add(Severity::Error, mark, message, suggestion);
}

void Reading::notice(SourceMark mark, const QString &message, const QString &suggestion)
{
    add(Severity::Notice, mark, message, suggestion);
}

QString Reading::didYouMean(const QString &word, const QStringList &candidates) const
{
    const QString best = m_errors < mostSuggestions ? closest(word, candidates) : QString();
    return best.isEmpty() ? QString() : u"did you mean `%1`?"_s.arg(best);
}

void Reading::gatusNotice(SourceMark mark, const QString &path)
{
    if (m_seen.contains(path))
        return;
    m_seen.insert(path);
    notice(mark, u"`%1` is Gatus's and has no effect here"_s.arg(path));
}

Expanded Reading::expand(const Value &scalar)
{
    Expanded result = variables.expand(scalar.text, dollar);
    for (const QString &name : result.undefined) {
        if (undefined && !undefined->contains(name))
            undefined->append(name);
        const QString id = u"${%1}"_s.arg(name);
        if (m_seen.contains(id))
            continue;
        m_seen.insert(id);
        const qsizetype braced = scalar.text.indexOf(u"${%1}"_s.arg(name));
        notice(document.markAt(scalar, std::max<qsizetype>(0, braced >= 0 ? braced : scalar.text.indexOf(u'$' + name))), u"variable ${%1} is not set"_s.arg(name),
               u"set it in the environment or under `variables`"_s);
    }
    if (result.tooLong) {
        error(scalar.mark, u"the value grows too long when its variables are replaced"_s, u"shorten the variables it uses"_s);
        result.text.clear();
        result.origin.clear();
    }
    return result;
}

QString Reading::absolutePath(const QString &path) const
{
    if (path.isEmpty())
        return {};
    const QString expanded = path.startsWith("~/"_L1) ? QDir::homePath() + path.sliced(1) : path;
    const QString base = directory.isEmpty() ? QDir::currentPath() : directory;
    return QDir::cleanPath(QDir(base).absoluteFilePath(expanded));
}

} // namespace allclear::reading
