// When it is over, as the issue says it; each criterion bound to what can show it.
#include "importer/draft.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto anyLetterCase = QRegularExpression::CaseInsensitiveOption;

bool speaksOfWord(const QString &text, const char *pattern)
{
    return QRegularExpression(QLatin1StringView(pattern), anyLetterCase).match(text).hasMatch();
}

// ── Which lines are criteria ─────────────────────────────────────────────────────────────────────

bool isNote(const QString &text)
{
    static const QRegularExpression note(u"^(?:note|notes|owner|status|priority|timeline|deadline|eta)\\s*:"_s,
                                         anyLetterCase);
    return note.match(text).hasMatch();
}

/// "| Metric | Target |" reads "Metric: target".
QString rowTitle(const Item &item)
{
    QString title = clean(item.text);
    for (auto cell = item.cells.cbegin(); cell != item.cells.cend(); ++cell) {
        static const QRegularExpression target(u"target|goal|threshold|expected|requirement"_s, anyLetterCase);
        const QString text = clean(cell.value());
        if (target.match(cell.key()).hasMatch() && !text.isEmpty() && text != title)
            return title + u": "_s + text;
    }
    return title;
}

/// Paragraphs of a part that lists nothing.
QList<Item> sentencesAsCriteria(const Part &part)
{
    QList<Item> sentences;
    for (const Block &block : part.blocks) {
        if (block.type != Block::Type::Paragraph || clean(block.text).endsWith(u':') || clean(block.text).isEmpty())
            continue;
        sentences.append({.text = block.text, .line = block.line, .lastLine = block.line});
    }
    return sentences;
}

bool hasPartsOf(const Issue &issue, int index, Topic topic)
{
    return std::ranges::any_of(issue.outline,
                               [&](const Part &part) { return part.parent == index && part.topic == topic; });
}

QList<Item> criteriaOf(const Issue &issue, Topic topic)
{
    QList<Item> all;
    for (int i = 0; i < issue.outline.size(); ++i) {
        const Part &part = issue.outline[i];
        if (part.topic != topic)
            continue;
        QList<Item> items = itemsOf(issue.outline, i);
        if (std::ranges::any_of(items, [](const Item &item) { return item.ticked.has_value(); }))
            items.removeIf([](const Item &item) { return !item.ticked; });
        if (items.isEmpty() && !hasPartsOf(issue, i, topic))
            items = sentencesAsCriteria(part);
        all += items;
    }
    return all;
}

// ── What a criterion asks for ────────────────────────────────────────────────────────────────────

std::optional<Sourced> timeLimit(const QString &text, int line)
{
    static const QRegularExpression about(
        u"response|latenc|respond|p50|p95|p99|load time|time to|handshake|round[ -]?trip|\\bwithin\\b"_s,
        anyLetterCase);
    static const QRegularExpression bound(
        u"(?:<=?|≤|under|below|less than|faster than|within|not exceed|max(?:imum)?)\\s*(?:of\\s*)?(\\d+(?:\\.\\d+)?\\s*(?:ms|milliseconds?|s|secs?|seconds?))\\b"_s,
        anyLetterCase);
    static const QRegularExpression share(u"\\bp(50|95|99)\\b"_s, anyLetterCase);
    const auto limit = bound.match(text);
    if (!limit.hasMatch() || !about.match(text).hasMatch())
        return std::nullopt;
    const std::optional<Duration> duration = durationIn(limit.captured(1));
    if (!duration || *duration <= 0s)
        return std::nullopt;
    const QString ms = QString::number(toMs(*duration), 'g', 10);
    const auto percentile = share.match(text);
    return Sourced{percentile.hasMatch() ? u"p%1([RESPONSE_TIME]) < %2"_s.arg(percentile.captured(1), ms)
                                         : u"[RESPONSE_TIME] < %1"_s.arg(ms),
                   line};
}

Sourced holdOf(const QString &text, int line)
{
    static const QRegularExpression hold(
        u"\\b(?:for|over|sustained|stable|continuous\\w*)\\s+(?:at least |a |the (?:last|next) )?(\\d+(?:\\.\\d+)?\\s*\\+?\\s*-?(?:minutes?|mins?|hours?|hrs?|h|days?|seconds?))\\b"_s,
        anyLetterCase);
    if (const auto match = hold.match(text); match.hasMatch()) {
        if (const QString due = dueIn(match.captured(1)); !due.isEmpty())
            return {due, line};
    }
    return {u"5m"_s, line, u"the issue names no time that it must hold"_s};
}

class Binder
{
public:
    explicit Binder(Issue &issue) : m_issue(issue)
    {
        for (const DraftEndpoint &endpoint : issue.draft.endpoints)
            m_names.insert(endpoint.name);
    }

    void bind(DraftCriterion &criterion)
    {
        const QString &text = criterion.title;
        const std::optional<Sourced> limit = timeLimit(text, criterion.line);
        const bool answers = speaksOfWord(text, "\\b200\\b|\\b2xx\\b");
        if (answers)
            criterion.require.append({u"[STATUS] == 200"_s, criterion.line});
        if (limit)
            criterion.require.append(*limit);
        if (bindToNamed(criterion))
            return;
        const bool http = hasHttp()
            && (answers || limit
                || speaksOfWord(text,
                                "\\b50[0-9]\\b|\\b5xx\\b|health|respond|reachable|accessible|responding|\\bup\\b|"
                                "available|operational"));
        const bool broad = speaksOfWord(text, "\\b(all|every|each)\\b.*\\b(services?|endpoints?|systems?|apis?|health)")
            || speaksOfWord(text, "\\b(services?|endpoints?)\\b") || limit;
        if (http && (answers || broad) && !speaksOfWord(text, "\\b(pipeline|journey|agents?)\\b")) {
            criterion.of = {u"group:Services"_s};
            criterion.ofGuess = u"every service that the issue gives an address for"_s;
            criterion.httpOnly = answers && !limit;
            addStatusOfFault(criterion);
            return;
        }
        if (limit && hasAny()) {
            criterion.of = {u"group:Services"_s};
            criterion.ofGuess = u"every service that the issue gives an address for"_s;
            if (hasServices())
                return;
        }
        bindToOpen(criterion);
    }

private:
    bool hasAny() const { return !m_issue.draft.endpoints.isEmpty(); }
    bool hasHttp() const
    {
        return std::ranges::any_of(m_issue.draft.endpoints,
                                   [](const DraftEndpoint &e) { return e.kind == AddressKind::Http; });
    }
    bool hasServices() const
    {
        return std::ranges::any_of(m_issue.draft.endpoints, [](const DraftEndpoint &e) {
            return e.kind == AddressKind::Http || e.kind == AddressKind::WebSocket;
        });
    }

    QStringList ofKind(std::initializer_list<AddressKind> kinds) const
    {
        QStringList names;
        for (const DraftEndpoint &endpoint : m_issue.draft.endpoints) {
            if (std::ranges::find(kinds, endpoint.kind) != kinds.end())
                names.append(endpoint.name);
        }
        return names;
    }

    bool bindTo(DraftCriterion &criterion, const QStringList &names, const QString &guess) const
    {
        criterion.of = names;
        criterion.ofGuess = guess;
        return !names.isEmpty();
    }

    /// Endpoints that the criterion speaks of by kind, host or path.
    bool bindToNamed(DraftCriterion &criterion) const
    {
        const QString &text = criterion.title;
        if (speaksOfWord(text, "\\bwebsockets?\\b|\\bwss?\\b")
            && bindTo(criterion, ofKind({AddressKind::WebSocket}), u"the criterion speaks of the WebSocket"_s)) {
            if (speaksOfWord(text, "connect|establish|handshake|accept") && criterion.require.isEmpty())
                criterion.require.append({u"[CONNECTED] == true"_s, criterion.line});
            if (speaksOfWord(text, "\\b200\\b"))
                criterion.require.removeIf(
                    [](const Sourced &condition) { return condition.text.startsWith("[STATUS]"_L1); });
            return true;
        }
        if (speaksOfWord(text, "\\bredis\\b")
            && bindTo(criterion, ofKind({AddressKind::Redis}), u"the criterion speaks of Redis"_s))
            return true;
        if (speaksOfWord(text, "\\b(postgres\\w*|database|cloud sql)\\b")
            && bindTo(criterion, ofKind({AddressKind::Postgres}), u"the criterion speaks of the database"_s))
            return true;
        const QStringList certificates = httpsNames();
        if (speaksOfWord(text, "\\b(ssl|tls|certificates?)\\b") && criterion.require.isEmpty()
            && bindTo(criterion, certificates, u"the criterion speaks of certificates"_s)) {
            criterion.require.append({u"[CHAIN] == ok"_s, criterion.line});
            return true;
        }
        return bindTo(criterion, mentioned(text), u"the criterion names it"_s);
    }

    QStringList httpsNames() const
    {
        QStringList names;
        for (const DraftEndpoint &endpoint : m_issue.draft.endpoints) {
            if (endpoint.url.startsWith("https"_L1))
                names.append(endpoint.name);
        }
        return names;
    }

    /// "/health", "api.example.org", "the auth service": not "all services", which is every one.
    QStringList mentioned(const QString &text) const
    {
        QStringList paths, hosts;
        const QStringList words = keywords(text);
        for (const DraftEndpoint &endpoint : m_issue.draft.endpoints) {
            const QUrl url(endpoint.url);
            const QString path = url.path();
            if (path.size() > 2 && (text.contains(path + u' ') || text.endsWith(path)))
                paths.append(endpoint.name);
            const QString host = url.host().section(u'.', 0, 0);
            const bool named = url.host().count(u'.') > 1 && host.size() > 2 && words.contains(host);
            const bool plural = speaksOfWord(text, "\\b(all|every)\\b") || speaksOfWord(text, "\\bapis\\b");
            if ((named && !plural) || (!url.host().isEmpty() && url.host().contains(u'.') && text.contains(url.host())))
                hosts.append(endpoint.name);
        }
        return paths.isEmpty() ? hosts : paths;
    }

    /// "No 503 errors" is a status that must not come.
    static void addStatusOfFault(DraftCriterion &criterion)
    {
        static const QRegularExpression fault(u"\\b(?:no|zero|without|free of)\\b.{0,24}\\b(5\\d\\d)\\b"_s,
                                              anyLetterCase);
        const auto match = fault.match(criterion.title);
        if (match.hasMatch() && criterion.require.isEmpty()) {
            criterion.require.append({u"[STATUS] != "_s + match.captured(1), criterion.line});
            criterion.httpOnly = true;
        }
    }

    /// What no address of the issue can show waits, visibly, for one.
    void bindToOpen(DraftCriterion &criterion)
    {
        const bool journey = speaksOfWord(
            criterion.title, "journey|end[- ]to[- ]end|\\be2e\\b|user flow|login.{1,24}(response|chat|ai)");
        const QString name = speaksOfWord(criterion.title, "golden path") ? u"golden-path"_s
            : journey                                                     ? u"journey"_s
                                                                          : subjectOf(criterion.title);
        criterion.of = {nameOfOpen(name, criterion)};
        criterion.ofGuess = u"the issue gives no address that shows it"_s;
        criterion.require.clear();
    }

    static QString subjectOf(const QString &title)
    {
        static const QRegularExpression verb(
            u"\\s(?:is|are|must|should|can|respond\\w*|accessible|working|operational|establish\\w*|return\\w*|connect\\w*|start\\w*|pass\\w*|<|>).*"_s,
            anyLetterCase);
        static const QRegularExpression article(u"^(?:all|the|every|both)\\s+"_s, anyLetterCase);
        const QString subject = QString(title).remove(verb).remove(article);
        return slug(subject.section(u' ', 0, 3), 40);
    }

    /// One a criterion: an address that shows one thing shows no other.
    QString nameOfOpen(const QString &name, const DraftCriterion &criterion)
    {
        const QString unique = uniqueName(name, m_names);
        const QString variable = QString(unique).replace(u'-', u'_').toUpper() + "_URL"_L1;
        m_issue.draft.open.append({.name = unique,
                                   .title = criterion.title,
                                   .variable = variable[0].isDigit() ? u"N_"_s + variable : variable,
                                   .line = criterion.line});
        return unique;
    }

    Issue &m_issue;
    QSet<QString> m_names;
};

/// Answers, and how fast: what a criterion that speaks of all services says of each.
void giveConditions(Issue &issue)
{
    Sourced status, limit;
    for (const DraftCriterion &criterion : std::as_const(issue.draft.criteria)) {
        if (!criterion.of.contains("group:Services"_L1))
            continue;
        for (const Sourced &condition : criterion.require) {
            if (condition.text == "[STATUS] == 200"_L1 && status.isEmpty())
                status = condition;
            if (condition.text.startsWith("[RESPONSE_TIME]"_L1) && limit.isEmpty())
                limit = condition;
        }
    }
    for (DraftEndpoint &endpoint : issue.draft.endpoints) {
        if (endpoint.kind != AddressKind::Http) {
            endpoint.conditions = {{u"[CONNECTED] == true"_s, endpoint.line, u"it must connect"_s}};
            continue;
        }
        endpoint.conditions = {status.isEmpty() ? Sourced{u"[STATUS] == 200"_s, endpoint.line,
                                                          u"the issue does not say which status is healthy"_s}
                                                : status};
        if (!limit.isEmpty())
            endpoint.conditions.append(limit);
    }
}

} // namespace

void readCriteria(Issue &issue)
{
    Binder binder(issue);
    QList<Item> items;
    for (const Topic topic : {Topic::Criteria, Topic::Metrics, Topic::Checklist}) {
        if (items.isEmpty())
            items = criteriaOf(issue, topic);
    }
    QSet<QString> titles;
    for (const Item &item : std::as_const(items)) {
        const QString whole = rowTitle(item);
        static const QRegularExpression evidence(u"\\s+[—–-]\\s+(?:met|not met)(?: at)? \\d{4}-\\d\\d-\\d\\d[ T].*$"_s);
        const QString title = withoutSecrets(shortened(QString(whole).remove(evidence), 300));
        constexpr qsizetype most = 300;
        if (title.isEmpty() || isNote(title) || issue.draft.criteria.size() >= most)
            continue;
        issue.use(item.line);
        for (const Line &line : item.details)
            issue.use(line.line);
        if (titles.contains(title.toLower()))
            continue;
        titles.insert(title.toLower());
        DraftCriterion criterion{.title = title,
                                 .line = item.line,
                                 .of = {},
                                 .ofGuess = {},
                                 .httpOnly = false,
                                 .require = {},
                                 .hold = holdOf(title, item.line)};
        binder.bind(criterion);
        criterion.httpOnly = criterion.httpOnly
            && std::ranges::any_of(issue.draft.endpoints,
                                   [](const DraftEndpoint &e) { return e.url.startsWith("http"_L1); });
        issue.draft.criteria.append(criterion);
    }
    if (issue.draft.endpoints.isEmpty() && issue.draft.open.isEmpty())
        issue.draft.open.append({.name = u"to-be-watched"_s,
                                 .title = u"The issue names nothing that can be watched"_s,
                                 .variable = u"ENDPOINT_URL"_s,
                                 .line = 0});
    giveConditions(issue);
}

} // namespace allclear::issue
