// What is broken, as tiles; and what needs what, as the whys tell it.
#include "importer/draft.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

struct KindWords {
    ComponentKind kind;
    QRegularExpression words;
};

KindWords kindWord(ComponentKind kind, const QString &words)
{
    return {kind, QRegularExpression(u"\\b(%1)\\b"_s.arg(words), QRegularExpression::CaseInsensitiveOption)};
}

/// By what an issue calls them; the first that fits decides.
const QList<KindWords> &kindWords()
{
    static const QList<KindWords> table{
        kindWord(ComponentKind::Network, u"vpc|network\\w*|subnet|peering|firewall|egress|routing"_s),
        kindWord(ComponentKind::Cache, u"redis|cache|memcached?"_s),
        kindWord(ComponentKind::Database,
                 u"postgres\\w*|databases?|cloud sql|mysql|mongo\\w*|clickhouse|sql|db|rds|dynamodb|spanner"_s),
        kindWord(ComponentKind::Queue, u"kafka|rabbitmq|pub/?sub|queues?|sqs|nats|celery"_s),
        kindWord(ComponentKind::Certificate, u"ssl|tls|certificates?|cert"_s),
        kindWord(
            ComponentKind::Compute,
            u"cloud run|kubernetes|k8s|gke|eks|containers?|pods?|compute|nodes?|lambda|workers?|start-?up|deployment|autoscal\\w*"_s),
        kindWord(ComponentKind::Edge, u"load[ -]?balanc\\w*|ingress|gateway|cdn|dns|nginx|haproxy|proxy|waf"_s),
        kindWord(
            ComponentKind::Service,
            u"api|apis|auth\\w*|frontend|front-end|backend|websockets?|agents?|services?|web ?app|website|login"_s)};
    return table;
}

/// What a why speaks of without naming it: "infrastructure dependencies", "backend services".
const QList<KindWords> &hints()
{
    static const QList<KindWords> table{
        kindWord(ComponentKind::Database, u"dependenc(?:y|ies)"_s),
        kindWord(ComponentKind::Cache, u"dependenc(?:y|ies)"_s),
        kindWord(ComponentKind::Compute,
                 u"backend services?|healthy backends?|backends?|services failing|instances?"_s)};
    return table;
}

bool speaksOf(const QString &text, const KindWords &words) { return words.words.match(text).hasMatch(); }

QString titleOfItem(const Item &item)
{
    if (const std::optional<Label> label = labelOf(item.text); label && !label->rest.isEmpty())
        return label->name;
    QString text = clean(item.text);
    for (const QString &mark : {u" - "_s, u" – "_s, u" — "_s, u": "_s, u" ("_s, u" at "_s, u" is "_s, u" are "_s}) {
        if (const qsizetype at = text.indexOf(mark); at > 2)
            text = text.first(at);
    }
    return shortened(text, 60);
}

bool isMetadata(const QString &title)
{
    static const QSet<QString> metadata{u"note"_s,     u"status"_s, u"impact"_s,     u"severity"_s,
                                        u"priority"_s, u"owner"_s,  u"environment"_s};
    return metadata.contains(title.toLower());
}

void addListed(Issue &issue, QSet<QString> &names)
{
    constexpr qsizetype most = 100;
    for (int i = 0; i < issue.outline.size(); ++i) {
        if (issue.outline[i].topic != Topic::Components)
            continue;
        for (const Item &item : itemsOf(issue.outline, i)) {
            const QString title = titleOfItem(item);
            if (title.isEmpty() || isMetadata(title) || issue.draft.components.size() >= most)
                continue;
            issue.use(item.line);
            for (const Line &line : item.details)
                issue.use(line.line);
            const QString name = slug(title);
            if (names.contains(name))
                continue;
            const std::optional<ComponentKind> kind = componentKindIn(title);
            issue.draft.components.append(
                {.name = uniqueName(name, names),
                 .title = withoutSecrets(title),
                 .kind = kind ? *kind : componentKindIn(clean(item.text)).value_or(ComponentKind::Service),
                 .line = item.line,
                 .guess = {},
                 .needs = {},
                 .needsLine = 0});
        }
    }
}

std::optional<ComponentKind> kindOfAddress(const DraftEndpoint &endpoint)
{
    switch (endpoint.kind) {
    case AddressKind::Redis: return ComponentKind::Cache;
    case AddressKind::Postgres: return ComponentKind::Database;
    case AddressKind::Tcp:
        return QUrl(endpoint.url).port() == 5432 ? std::optional(ComponentKind::Database) : std::nullopt;
    case AddressKind::Http:
    case AddressKind::WebSocket: return std::nullopt;
    }
    Q_UNREACHABLE();
}

QString hostWord(const DraftEndpoint &endpoint)
{
    const QString host = QUrl(endpoint.url).host();
    const QString word = host.section(u'.', 0, 0);
    const bool number = !word.isEmpty() && std::ranges::all_of(word, [](QChar c) { return c.isDigit(); });
    return host.isEmpty() || number || word == "localhost"_L1 ? endpoint.name : word;
}

QString titled(const QString &name)
{
    static const QSet<QString> acronyms{u"api"_s, u"ws"_s, u"db"_s, u"ui"_s, u"cdn"_s, u"sso"_s};
    if (acronyms.contains(name))
        return name.toUpper();
    return name.first(1).toUpper() + QString(name.sliced(1)).replace(u'-', u' ');
}

/// The listed component that the endpoint watches, or one made for it.
void assign(Issue &issue, DraftEndpoint &endpoint, QSet<QString> &names)
{
    const bool socket = endpoint.kind == AddressKind::WebSocket;
    const std::optional<ComponentKind> kind = kindOfAddress(endpoint);
    const QString word = socket ? u"websocket"_s : slug(hostWord(endpoint));
    for (const DraftComponent &component : std::as_const(issue.draft.components)) {
        const bool sameWord = component.kind == ComponentKind::Service && component.name.split(u'-').contains(word);
        if (component.name == word || (kind ? component.kind == *kind && component.guess.isEmpty() : sameWord)) {
            endpoint.component = component.name;
            return;
        }
    }
    const QString name = kind == ComponentKind::Cache ? u"redis"_s
        : kind == ComponentKind::Database             ? u"postgres"_s
                                                      : word;
    if (!names.contains(name)) {
        names.insert(name);
        issue.draft.components.append(
            {.name = name,
             .title = socket                       ? u"WebSocket"_s
                 : kind == ComponentKind::Database ? u"PostgreSQL"_s
                                                   : titled(name),
             .kind = kind.value_or(endpoint.kind == AddressKind::Tcp ? ComponentKind::Network : ComponentKind::Service),
             .line = endpoint.line,
             .guess = u"made for its endpoint"_s,
             .needs = {},
             .needsLine = 0});
    }
    endpoint.component = name;
}

/// How deep in the chain of whys a component is named first; 0: not at all, a symptom.
int depthOf(ComponentKind kind, const QList<DraftWhy> &whys)
{
    if (kind == ComponentKind::Service)
        return 0;
    int depth = 0;
    for (const DraftWhy &why : whys) {
        ++depth;
        const QString text = why.why + u' ' + why.because;
        const bool named =
            std::ranges::any_of(kindWords(),
                                [&](const KindWords &words) { return words.kind == kind && speaksOf(text, words); })
            || std::ranges::any_of(hints(),
                                   [&](const KindWords &words) { return words.kind == kind && speaksOf(text, words); });
        if (named)
            return depth;
    }
    return -1;
}

/// Each needs what the next deeper why names: a proposal.
void proposeNeeds(Issue &issue)
{
    QMap<ComponentKind, int> depths;
    QMap<int, QStringList> levels;
    for (const DraftComponent &component : std::as_const(issue.draft.components)) {
        if (!depths.contains(component.kind))
            depths.insert(component.kind, depthOf(component.kind, issue.draft.whys));
        if (const int depth = depths.value(component.kind); depth >= 0)
            levels[depth].append(component.name);
    }
    for (DraftComponent &component : issue.draft.components) {
        const int depth = depths.value(component.kind);
        const auto deeper = depth < 0 ? levels.cend() : std::as_const(levels).upperBound(depth);
        if (deeper == levels.cend())
            continue;
        component.needs = *deeper;
        component.needsLine = issue.draft.whys[deeper.key() - 1].line;
    }
}

} // namespace

std::optional<ComponentKind> componentKindIn(const QString &text)
{
    for (const KindWords &words : kindWords()) {
        if (speaksOf(text, words))
            return words.kind;
    }
    return std::nullopt;
}

void readComponents(Issue &issue)
{
    QSet<QString> names;
    addListed(issue, names);
    for (DraftEndpoint &endpoint : issue.draft.endpoints)
        assign(issue, endpoint, names);
    proposeNeeds(issue);
}

} // namespace allclear::issue
