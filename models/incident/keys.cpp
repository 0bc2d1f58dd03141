#include "incident/keys.h"

#include <algorithm>
#include <vector>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QStringList words(const char16_t *text) { return QString::fromUtf16(text).split(u' ', Qt::SkipEmptyParts); }

QList<MappingKeys> makeTable()
{
    const QStringList endpoint = words(u"name group component url method headers body graphql enabled interval conditions "
                                       u"degraded-when failure-threshold success-threshold client dns conversation");
    const QStringList gatusEndpoint = words(u"alerts ui maintenance-windows ssh sftp mqtt grpc redis extra-labels");
    return {
        {{}, words(u"incident variables defaults observer components endpoints suites success-criteria five-whys actions runs notify"),
         words(u"alerting announcements concurrency connectivity debug disable-monitoring-lock external-endpoints maintenance "
               u"metrics remote security skip-invalid-config-update storage tunneling ui web")},
        {u"incident"_s, words(u"title severity status declared summary impact links"), {}},
        {u"incident.impact"_s, words(u"revenue-at-risk customers availability-of"), {}},
        {u"incident.impact.revenue-at-risk"_s, words(u"amount currency per at-least"), {}},
        {u"incident.links[]"_s, words(u"title url"), {}},
        {u"defaults"_s, words(u"group component method headers enabled interval conditions degraded-when failure-threshold "
                              u"success-threshold client"),
         words(u"alerts ui maintenance-windows extra-labels")},
        {u"observer"_s, words(u"target"), {}},
        {u"components[]"_s, words(u"name title tier needs"), {}},
        {u"endpoints[]"_s, endpoint, gatusEndpoint + words(u"store always-run")},
        {u"endpoints[].client"_s, words(u"timeout insecure ignore-redirect keep-alive http-version store-cookies dns-resolver auth oauth2 proxy-url starttls subprotocols max-body-size tls"),
         words(u"identity-aware-proxy kerberos network tunnel")},
        {u"endpoints[].client.tls"_s, words(u"ca-file certificate-file private-key-file server-name"), words(u"renegotiation")},
        {u"endpoints[].conversation[]"_s, words(u"send expect within store"), {}},
        {u"endpoints[].client.oauth2"_s, words(u"token-url client-id client-secret scopes"), {}},
        {u"endpoints[].dns"_s, words(u"query-name query-type"), {}},
        {u"suites[]"_s, words(u"name title group component enabled interval timeout context endpoints"), words(u"alerts ui")},
        {u"suites[].endpoints[]"_s, endpoint + words(u"store always-run"), gatusEndpoint},
        {u"success-criteria[]"_s, words(u"title of kind require hold"), {}},
        {u"five-whys[]"_s, words(u"why because evidence confirmed-when"), {}},
        {u"actions[]"_s, words(u"title owner due component done-when"), {}},
        {u"runs[]"_s, words(u"name title command directory timeout expect baseline"), {}},
        {u"runs[].expect"_s, words(u"format exit at-least real-after output"), {}},
        {u"runs[].baseline"_s, words(u"passed failed errors skipped duration"), {}},
        {u"notify"_s, words(u"desktop sound webhooks"), {}},
        {u"notify.webhooks[]"_s, words(u"url on"), {}},
    };
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swapped neighbours cost 1 each.
int distance(const QString &a, const QString &b)
{
    const auto width = static_cast<std::size_t>(b.size()) + 1;
    std::vector<int> beforeLast(width), last(width), row(width);
    for (std::size_t j = 0; j < width; ++j)
        last[j] = static_cast<int>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const auto at = static_cast<std::size_t>(j);
            const int cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[at] = std::min({last[at] + 1, row[at - 1] + 1, last[at - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[at] = std::min(row[at], beforeLast[at - 2] + 1);
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[width - 1];
}

QString comparable(const QString &word)
{
    QString text = word.toLower();
    text.replace(u'_', u'-').replace(u' ', u'-');
    return text;
}

} // namespace

const QList<MappingKeys> &knownKeys()
{
    static const QList<MappingKeys> table = makeTable();
    return table;
}

QString closest(const QString &word, const QStringList &candidates)
{
    constexpr qsizetype longest = 64; // longer words are no slip of the pen
    if (word.isEmpty() || word.size() > longest)
        return {};
    const QString wanted = comparable(word);
    const int tolerance = std::max(1, static_cast<int>(std::min<qsizetype>(word.size(), 10)) / 3);
    QString best;
    int bestDistance = tolerance + 1;
    for (const QString &candidate : candidates) {
        if (std::abs(candidate.size() - word.size()) > tolerance)
            continue;
        if (const int d = distance(wanted, comparable(candidate)); d < bestDistance) {
            bestDistance = d;
            best = candidate;
        }
    }
    return best;
}

} // namespace allclear
