#include "incident/masking.h"

#include <QRegularExpression>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

/// `store` names what a journey extracts, `passed` counts tests, a …-file is a path: none of them is a secret.
bool holdsSecret(const QString &key)
{
    const bool named = Secrets::isSecretName(key) || Secrets::isSecretHeader(key);
    return named && key != "passed"_L1 && !key.endsWith("-file"_L1, Qt::CaseInsensitive);
}

bool isLiteral(const QString &text) { return !text.contains(u'$') && !text.contains("[CONTEXT]"_L1) && !text.contains("[BODY]"_L1); }

void collect(const Value &value, QStringList &secrets)
{
    for (const ValuePtr &item : value.items)
        collect(*item, secrets);
    for (const auto &[key, child] : value.entries) {
        if (key->text == "store"_L1)
            continue;
        if (child->type == Value::Type::Scalar && holdsSecret(key->text) && isLiteral(child->text))
            secrets.append(withoutScheme(child->text));
        collect(*child, secrets);
    }
}

QString mask() { return QString::fromUtf16(maskText); }

} // namespace

QString withoutScheme(const QString &value)
{
    static const QRegularExpression scheme(u"^(?:Bearer|Basic|Token|Digest|Negotiate|ApiKey)\\s+(\\S.{3,})$"_s,
                                           QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = scheme.match(value.trimmed());
    return match.hasMatch() ? match.captured(1) : value;
}

QStringList secretsIn(const Value &root)
{
    QStringList secrets;
    collect(root, secrets);
    secrets.removeDuplicates();
    return secrets;
}

QString maskedLine(const QString &line, const Secrets &secrets)
{
    static const QRegularExpression userInfo(u"(://)[^/\\s@\"']+@"_s);
    static const QRegularExpression pair(u"([\\w-]+)([\"']?\\s*[:=]\\s+)(\"[^\"]*\"?|'[^']*'?|[^,}#]+)"_s);
    QString masked = line;
    masked.replace(userInfo, u"\\1%1@"_s.arg(mask()));
    qsizetype from = 0;
    for (QRegularExpressionMatch match = pair.match(masked); match.hasMatch(); match = pair.match(masked, from)) {
        from = match.capturedEnd(2);
        if (!holdsSecret(match.captured(1)) || !isLiteral(match.captured(3)))
            continue;
        const QString kept = match.captured(3).endsWith(u' ') ? u" "_s : QString();
        masked.replace(match.capturedStart(3), match.capturedLength(3), mask() + kept);
        from = match.capturedStart(3) + mask().size();
    }
    return secrets.mask(masked);
}

} // namespace allclear::reading
