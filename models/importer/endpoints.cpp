// What can be watched: the addresses that commands, tables and sentences give.
#include "importer/draft.h"
#include "importer/shellwords.h"

#include "incident/urls.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto caseless = QRegularExpression::CaseInsensitiveOption;

/// Where a text about an address stands.
struct Place {
    Topic topic = Topic::None;
    int line = 0;
    bool code = false; ///< in a fenced block that holds no commands
};

bool isHealthPath(const QString &path)
{
    static const QRegularExpression health(
        u"(^|/)(health|healthz|healthcheck|ready|readyz|readiness|live|livez|liveness|ping|status|metrics|up|heartbeat)(/|$)"_s,
        caseless);
    return health.match(path).hasMatch();
}

/// Pages that people read: trackers, consoles, documentation.
bool isReadingMatter(const QUrl &url)
{
    static const QRegularExpression host(
        u"(^|\\.)(github\\.com|githubusercontent\\.com|gitlab\\.com|bitbucket\\.org|atlassian\\.net|stackoverflow\\."
        u"com|slack\\.com|notion\\.(so|site)|"
        "readthedocs\\.(io|org)|wikipedia\\.org|pypi\\.org|npmjs\\.com|youtube\\.com|zoom\\.us|meet\\.google\\.com|"
        "console\\.cloud\\.google\\.com|"
        "docs\\.google\\.com|drive\\.google\\.com|cloud\\.google\\.com|grafana\\.net|datadoghq\\.(com|eu)|sentry\\.io|"
        "pagerduty\\.com|opsgenie\\.com|statuspage\\.io|"
        "claude\\.ai|anthropic\\.com|openai\\.com|medium\\.com|linear\\.app|figma\\.com|shields\\.io|sqlalche\\.me|"
        "w3\\.org|ietf\\.org|schema\\.org|json-schema\\.org)$|"
        "^(docs|wiki|jira|confluence|grafana|kibana|runbooks?|blog|help|support|console|dashboard)\\."_s,
        caseless);
    static const QRegularExpression file(
        u"\\.(md|pdf|html?|png|jpe?g|gif|svg|log|txt|ya?ml|git|zip|gz|csv|ipynb|py|js|ts)$"_s, caseless);
    return host.match(url.host()).hasMatch() || file.match(url.path()).hasMatch();
}

/// Not an address but the shape of one: "https://<host>/", "https://example.com/users/{id}".
bool isShape(const QString &url)
{
    static const QRegularExpression shape(u"[<>{}*…]|\\.\\.\\.|\\bYOUR[_-]|your-|example\\.(com|org|net)"_s, caseless);
    return shape.match(url).hasMatch();
}

QString withoutTail(QString url)
{
    while (!url.isEmpty() && QStringView(u".,;:!?)]}'\"*_`|>").contains(url.back())) {
        const bool paired = (url.endsWith(u')') && url.contains(u'(')) || (url.endsWith(u']') && url.contains(u'['))
            || (url.endsWith(u'}') && url.contains(u'{'));
        if (paired)
            break;
        url.chop(1);
    }
    return url;
}

QString comparableUrl(const QString &url)
{
    QString text = url.section(u'#', 0, 0);
    while (text.endsWith(u'/'))
        text.chop(1);
    return text.toLower();
}

AddressKind addressKindOf(const QString &scheme)
{
    if (scheme.startsWith("ws"_L1))
        return AddressKind::WebSocket;
    if (scheme.startsWith("redis"_L1))
        return AddressKind::Redis;
    if (scheme.startsWith("postgres"_L1))
        return AddressKind::Postgres;
    return scheme == "tcp"_L1 ? AddressKind::Tcp : AddressKind::Http;
}

QString nameOf(const QString &address, AddressKind kind)
{
    const QUrl url(address);
    if (kind == AddressKind::Redis)
        return u"redis"_s;
    if (kind == AddressKind::Postgres)
        return u"postgres"_s;
    QString host = url.host();
    static const QRegularExpression numeric(u"^[\\d.:]+$"_s);
    if (!numeric.match(host).hasMatch()) {
        QStringList labels = host.split(u'.');
        labels.removeAll(u"www"_s);
        host = labels.value(0);
    }
    if (kind == AddressKind::Tcp)
        return slug(u"%1 %2"_s.arg(host).arg(url.port()), 50);
    if (address.startsWith(u'$'))
        host = address.section(u'/', 0, 0).remove(QRegularExpression(u"[${}]|_URL|_HOST|BASE"_s));
    const QString path =
        url.path().isEmpty() ? QString(u'/' + address.section(u'/', address.contains("://"_L1) ? 3 : 1)) : url.path();
    const bool named = kind == AddressKind::WebSocket && !path.contains("ws"_L1) && !path.contains("socket"_L1);
    return slug(host + u' ' + (path.size() > 1 ? path : QString()) + (named ? u" websocket"_s : QString()), 50);
}

class EndpointReader
{
public:
    explicit EndpointReader(Issue &issue) : m_issue(issue) { }

    void read()
    {
        for (const Part &part : std::as_const(m_issue.outline)) {
            if (part.topic == Topic::HowTo)
                continue;
            readMarked(part.title, {part.topic, part.line});
            for (const Block &block : part.blocks)
                readBlock(block, part.topic);
        }
        const QString base = baseOrigin();
        constexpr qsizetype most = 500;
        for (const auto &[path, place] : m_paths.first(std::min(m_paths.size(), most)))
            addPath(path, base, place);
        if (!hasKind(AddressKind::WebSocket))
            proveWebSocket();
    }

private:
    bool hasKind(AddressKind kind) const
    {
        return std::ranges::any_of(m_issue.draft.endpoints,
                                   [kind](const DraftEndpoint &endpoint) { return endpoint.kind == kind; });
    }

    void readBlock(const Block &block, Topic topic)
    {
        if (block.type == Block::Type::Code)
            return readCode(block, topic);
        if (block.type == Block::Type::Table)
            return readTable(block, topic);
        for (const Line &line : block.text.isEmpty() ? QList<Line>() : linesOf(block)) {
            const Place place{topic, line.line};
            readMarked(line.text, place);
            readCodeSpans(line.text, place);
        }
        for (const Block &child : block.children)
            readBlock(child, topic);
    }

    void readCode(const Block &block, Topic topic)
    {
        const ShellBlock shell = shellBlock(linesOf(block));
        const bool commands = std::ranges::any_of(
            shell.commands, [](const ShellCommand &command) { return isKnownProgram(command.words.first()); });
        for (const ShellCommand &command : shell.commands) {
            if (commands)
                readCommand(command, topic);
        }
        for (const Line &line : commands ? QList<Line>() : linesOf(block)) {
            readUrls(line.text, {topic, line.line, true}, false);
            readHostPorts(line.text, {topic, line.line, true});
        }
    }

    static bool fetches(const QString &program)
    {
        return program == "curl"_L1 || program == "wget"_L1 || program == "http"_L1 || program == "https"_L1;
    }

    /// Only what can be asked again and again without changing anything.
    void readCommand(const ShellCommand &command, Topic topic)
    {
        const Place place{topic, command.line};
        const auto program = std::ranges::find_if(command.words, fetches);
        if (program == command.words.end() && !command.needsShell) {
            for (const QString &word : command.words)
                readUrls(word, {topic, command.line, true}, false);
            return readHostPorts(command.text, place);
        }
        const ShellWords split = splitShell(command.text);
        const bool writes = std::ranges::any_of(split.words, [](const QString &word) {
            return word == "-d"_L1 || word.startsWith("--data"_L1) || word == "POST"_L1 || word == "PUT"_L1
                || word == "DELETE"_L1 || word == "PATCH"_L1 || word == "-XPOST"_L1 || word == "-F"_L1
                || word == "--json"_L1;
        });
        for (const QString &word : command.needsShell ? split.words : command.words) {
            const QString address = withoutTail(word);
            if (address.contains("://"_L1) || address.startsWith("${"_L1) || looksLikeHost(address)) {
                if (writes)
                    m_issue.find(FindingKind::Unmapped, command.line,
                                 u"%1 is written to in the command, so it is not probed"_s.arg(
                                     withoutSecrets(shortened(address))));
                else
                    addAddress(address.contains("://"_L1) || address.startsWith(u'$') ? address
                                                                                      : u"http://"_s + address,
                               place, true, {});
            }
        }
    }

    static bool looksLikeHost(const QString &word)
    {
        static const QRegularExpression host(
            u"^(localhost|(\\d{1,3}\\.){3}\\d{1,3}|([a-z0-9-]+\\.)+(com|net|org|io|ai|dev|app|cloud|co|internal|local|svc|test|invalid))(:\\d{1,5})?(/\\S*)?$"_s,
            caseless);
        return host.match(word).hasMatch();
    }

    void readMarked(const QString &marked, Place place)
    {
        for (qsizetype at = marked.indexOf(QChar(linkOn)); at >= 0; at = marked.indexOf(QChar(linkOn), at + 1)) {
            const QString address = marked.sliced(at + 1, marked.indexOf(QChar(linkOff), at) - at - 1);
            const QUrl url(address);
            if (isHealthPath(url.path()) && !isReadingMatter(url) && place.topic != Topic::Related)
                addAddress(address, place, true, {});
        }
        const bool linked = marked.contains(QChar(linkOn));
        const QString text = plain(marked);
        if (!linked || !text.startsWith("http"_L1))
            readUrls(text, place, place.topic == Topic::Related);
        readHostPorts(text, place);
    }

    void readUrls(const QString &text, Place place, bool related)
    {
        static const QRegularExpression address(u"\\b(https?|wss?|rediss?|postgres(?:ql)?|tcp)://[^\\s\"'`<>\\\\^|]+"_s,
                                                caseless);
        for (const auto &match : address.globalMatch(text)) {
            const QString found = withoutTail(match.captured());
            const QUrl url(found);
            const bool web = match.captured(1).startsWith("http"_L1, Qt::CaseInsensitive);
            if (web && (related || place.code || isReadingMatter(url))
                && !(isHealthPath(url.path()) && !isReadingMatter(url)))
                continue;
            if (web && writesBefore(text.first(match.capturedStart())))
                continue;
            addAddress(found, place, false, {});
        }
    }

    static bool writesBefore(const QString &before)
    {
        static const QRegularExpression method(u"\\b(POST|PUT|PATCH|DELETE)\\W*$"_s);
        constexpr qsizetype enough = 24;
        return method.match(plain(before.right(enough))).hasMatch();
    }

    /// "Redis … 10.166.204.83:6379": a port that somebody names is one that can be reached or not.
    void readHostPorts(const QString &text, Place place)
    {
        static const QRegularExpression hostPort(
            u"(?<![\\w./@:-])((?:\\d{1,3}\\.){3}\\d{1,3}|localhost|(?:[a-z0-9][a-z0-9-]*\\.)+(?:com|net|org|io|ai|dev|app|cloud|co|internal|local|svc|test|invalid)):(\\d{2,5})\\b(?!\\.\\d)"_s,
            caseless);
        for (const auto &match : hostPort.globalMatch(text)) {
            const int port = match.captured(2).toInt();
            if (port <= 0 || port > 65535)
                continue;
            const QString at = match.captured(1).toLower() + u':' + match.captured(2);
            if (knowsAuthority(at))
                continue;
            static const QRegularExpression redis(u"redis"_s, caseless);
            const bool isRedis = port == 6379 || redis.match(text).hasMatch();
            addAddress((isRedis ? u"redis://"_s : u"tcp://"_s) + at, place, false, {});
        }
    }

    bool knowsAuthority(const QString &authority) const { return m_authorities.contains(authority); }

    /// `api.example.org/health`, `GET /health`, `/health`.
    void readCodeSpans(const QString &marked, Place place)
    {
        for (qsizetype at = marked.indexOf(QChar(codeOn)); at >= 0; at = marked.indexOf(QChar(codeOn), at + 1)) {
            const qsizetype end = marked.indexOf(QChar(codeOff), at);
            if (end < 0)
                return;
            readSpan(plain(marked.sliced(at + 1, end - at - 1)).trimmed(), place, writesBefore(marked.first(at)));
        }
        if (place.topic == Topic::Endpoints && !marked.contains(QChar(codeOn)))
            readSpan(clean(marked).section(u' ', 0, 1), place, false);
    }

    void readSpan(const QString &code, Place place, bool writes)
    {
        static const QRegularExpression request(u"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\\s+(/\\S*)$"_s);
        static const QRegularExpression path(u"^/[A-Za-z][\\w/.~-]*$"_s);
        if (place.topic == Topic::Related || place.topic == Topic::HowTo)
            return;
        if (const auto match = request.match(code); match.hasMatch()) {
            const bool reads = match.captured(1) == "GET"_L1 || match.captured(1) == "HEAD"_L1;
            if (reads && !isShape(match.captured(2)))
                m_paths.append({match.captured(2), place});
            else if (!reads)
                m_issue.find(FindingKind::Unmapped, place.line,
                             u"`%1` is not probed: only GET and HEAD change nothing"_s.arg(shortened(code)));
        } else if (path.match(code).hasMatch() && !writes) {
            static const QRegularExpression file(u"\\.\\w{1,5}$"_s);
            if ((place.topic == Topic::Endpoints || isHealthPath(code)) && !file.match(code).hasMatch())
                m_paths.append({code, place});
        } else if (looksLikeHost(code) && !code.contains(u':')
                   && (code.contains(u'/') || place.topic == Topic::Endpoints || place.topic == Topic::Components)) {
            addAddress(u"https://"_s + code, place, true, u"the issue does not say https"_s);
        }
    }

    /// A column that is called "Endpoint", "URL" or "Path" lists addresses.
    void readTable(const Block &table, Topic topic)
    {
        QList<bool> named;
        for (const Block &row : table.children) {
            for (qsizetype i = 0; i < row.children.size(); ++i) {
                const QString text = clean(row.children[i].text);
                if (row.header) {
                    static const QRegularExpression column(u"\\b(endpoint|url|path|route|address|uri)s?\\b"_s,
                                                           caseless);
                    named.append(column.match(text).hasMatch());
                    continue;
                }
                const Place place{i < named.size() && named[i] ? Topic::Endpoints : topic, row.line};
                readMarked(row.children[i].text, place);
                if (std::ranges::any_of(row.children, [](const Block &cell) { return writesBefore(clean(cell.text)); }))
                    continue;
                readCodeSpans(row.children[i].text, place);
            }
        }
    }

    QString baseOrigin() const
    {
        QStringList origins;
        for (const DraftEndpoint &endpoint : m_issue.draft.endpoints) {
            const QUrl url(endpoint.url);
            if (endpoint.kind == AddressKind::Http && !url.host().isEmpty())
                origins.append(url.scheme() + "://"_L1 + url.authority());
        }
        const auto backend = std::ranges::find_if(origins, [](const QString &origin) {
            return origin.contains("://api"_L1) || origin.contains("backend"_L1);
        });
        return backend != origins.end() ? *backend : origins.value(0);
    }

    void addPath(const QString &path, const QString &base, Place place)
    {
        const auto known = [&](const DraftEndpoint &endpoint) {
            return endpoint.kind == AddressKind::Http && comparableUrl(endpoint.url).endsWith(comparableUrl(path))
                && comparableUrl(path).size() > 1;
        };
        if (std::ranges::any_of(m_issue.draft.endpoints, known))
            return m_issue.use(place.line);
        if (base.isEmpty())
            addAddress(u"${BASE_URL}"_s + path, place, true, u"the issue gives no host: set BASE_URL"_s);
        else
            addAddress(base + path, place, true, u"the issue gives the path only; the host is another endpoint's"_s);
    }

    /// A connection that was tried and rejected is there, although no line gives its address.
    void proveWebSocket()
    {
        const QString base = baseOrigin();
        if (!base.startsWith("http"_L1))
            return;
        static const QRegularExpression tried(
            u"websockets? (?:connections?|handshakes?|upgrades?)|connect\\w* (?:to )?(?:the )?websocket"_s, caseless);
        for (const Part &part : std::as_const(m_issue.outline)) {
            const bool observed = part.topic == Topic::Current || part.topic == Topic::Evidence
                || part.topic == Topic::Criteria || part.topic == Topic::Summary || part.topic == Topic::Expected;
            for (const Block &block : observed ? part.blocks : QList<Block>()) {
                for (const Line &line : allLines(block)) {
                    if (!tried.match(plain(line.text)).hasMatch())
                        continue;
                    const QString url = QString(base).replace(0, 4, u"ws"_s) + "/ws"_L1;
                    m_issue.draft.endpoints.append({.name = uniqueName(u"websocket"_s, m_names),
                                                    .component = {},
                                                    .url = url,
                                                    .kind = AddressKind::WebSocket,
                                                    .line = line.line,
                                                    .guess = u"the issue proves a WebSocket, but gives no address"_s,
                                                    .conditions = {}});
                    return;
                }
            }
        }
    }

    void addAddress(const QString &written, Place place, bool certain, const QString &guess)
    {
        QString address = written;
        const bool variable = address.startsWith("${"_L1);
        QUrl url(address);
        const bool shape = isShape(variable ? address.section(u'}', 1)
                                            : QString(address).remove(QRegularExpression(u"\\$\\{\\w+\\}"_s)));
        if (!variable && (!url.isValid() || url.host().isEmpty() || shape || url.host().contains(u'$'))) {
            if (certain || shape)
                m_issue.find(
                    FindingKind::Unmapped, place.line,
                    u"`%1` is the shape of an address, not one to probe"_s.arg(withoutSecrets(shortened(address))));
            return;
        }
        const AddressKind kind = addressKindOf(url.scheme().toLower());
        static const QStringList probed = u"http https ws wss redis rediss postgres postgresql tcp"_s.split(u' ');
        const bool unusable =
            !variable && (!probed.contains(url.scheme().toLower()) || reading::checkUrl(address).has_value());
        if (unusable || address.contains(u'$') != variable)
            return;
        if (!variable && !url.userInfo().isEmpty()) {
            if (!url.password().isEmpty())
                m_issue.find(
                    FindingKind::Unmapped, place.line,
                    u"the password in the address was left out: write ${PASSWORD} in its place and set it in the environment"_s);
            url.setUserInfo({});
            address = url.toString();
        }
        if (kind == AddressKind::Redis && url.path().size() > 1
            && !std::ranges::all_of(url.path().sliced(1), [](QChar c) { return c.isDigit(); }))
            return;
        if (!variable)
            address = url.adjusted(QUrl::RemoveFragment).toString(QUrl::FullyEncoded);
        m_issue.use(place.line);
        constexpr qsizetype most = 200;
        if (m_known.contains(comparableUrl(address)) || m_issue.draft.endpoints.size() >= most)
            return;
        m_known.insert(comparableUrl(address));
        m_authorities.insert(url.authority());
        m_issue.draft.endpoints.append({.name = uniqueName(nameOf(address, kind), m_names),
                                        .component = {},
                                        .url = address,
                                        .kind = kind,
                                        .line = place.line,
                                        .guess = guess,
                                        .conditions = {}});
    }

    Issue &m_issue;
    QSet<QString> m_names, m_known, m_authorities;
    QList<std::pair<QString, Place>> m_paths;
};

} // namespace

void readEndpoints(Issue &issue)
{
    EndpointReader(issue).read();
    std::ranges::stable_sort(issue.draft.endpoints, {}, &DraftEndpoint::kind); // services first
}

} // namespace allclear::issue
