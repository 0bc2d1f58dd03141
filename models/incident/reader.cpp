#include "incident/reader.h"

#include "incident/masking.h"
#include "incident/references.h"
#include "incident/sections.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;
using namespace reading;

namespace {

/// In the order of the block, so that a variable may use those above it.
void defineVariables(const Section &root)
{
    const ValuePtr value = root.find("variables"_L1);
    if (!value)
        return;
    Reading &reading = root.reading();
    if (value->type != Value::Type::Map)
        reading.error(value->mark, u"`variables` must be a mapping of names to text, not %1"_s.arg(typeName(*value)));
    for (const auto &[key, child] : mergedEntries(*value)) {
        if (!Variables::isName(key->text))
            reading.error(key->mark, u"`%1` cannot be a variable's name"_s.arg(key->text.left(60)), u"names are letters, digits and underscores"_s);
        else if (child->type == Value::Type::Scalar)
            reading.variables.define(key->text, reading.expand(*child).text);
        else if (child->type == Value::Type::Null)
            reading.variables.define(key->text, {});
        else
            reading.error(child->mark, u"the variable `%1` must be text, not %2"_s.arg(key->text, typeName(*child)));
    }
}

/// Suites join the endpoints; a key names one of them.
void addSuites(const Section &root, Incident &incident)
{
    QHash<EndpointKey, int> lines;
    for (const Endpoint &endpoint : std::as_const(incident.endpoints))
        lines.insert(endpoint.key(), endpoint.mark.line);
    for (const Endpoint &suite : readSuites(root)) {
        if (lines.contains(suite.key()) && !suite.name.isEmpty())
            root.reading().error(suite.mark, u"the suite `%1` is called like an endpoint"_s.arg(suite.key()),
                                 u"the endpoint is on line %1: change one of the names"_s.arg(lines.value(suite.key())));
        incident.endpoints.append(suite);
    }
}

void readSections(const Section &root, Incident &incident)
{
    Reading &reading = root.reading();
    defineVariables(root);
    readDefaults(root);
    incident.endpoints = readEndpoints(root);
    addSuites(root, incident);
    if (root.list("endpoints"_L1).isEmpty() && root.list("suites"_L1).isEmpty())
        reading.error(root.markOf("endpoints"_L1), u"the file watches nothing: it has no endpoints and no suites"_s,
                      u"add `endpoints:` with a `name`, a `url` and `conditions`"_s);
    readComponents(root, incident);
    const References references(incident);
    readHeader(root, references, incident);
    incident.criteria = readCriteria(root, references);
    incident.whys = readWhys(root, references);
    incident.actions = readActions(root, references, incident);
    incident.runs = readRuns(root);
    incident.notify = readNotify(root);
}

/// Everything that must not be shown. A file with more secrets than can be masked is refused.
Secrets secretsOf(Reading &reading, const Value &root)
{
    constexpr qsizetype most = 2500;
    QStringList values = reading.secrets + reading.variables.secretValues() + secretsIn(root);
    values.removeDuplicates();
    if (values.size() > most)
        reading.error(root.mark, u"the file holds more than %1 secret values"_s.arg(most), u"split it into several files"_s);
    return Secrets(values.mid(0, most));
}

void maskTargets(Incident &incident)
{
    const auto mask = [&](Endpoint &endpoint) { endpoint.target = incident.secrets.mask(Secrets::maskUrl(endpoint.url)); };
    for (Endpoint &endpoint : incident.endpoints) {
        if (!endpoint.journey) {
            mask(endpoint);
            continue;
        }
        auto journey = std::make_shared<Journey>(*endpoint.journey);
        for (JourneyStep &step : journey->steps)
            mask(step.endpoint);
        endpoint.journey = journey;
    }
}

QString excerptOf(const Document &document, SourceMark mark, const Secrets &secrets)
{
    constexpr qsizetype longest = 240;
    const QString line = document.line(mark.line);
    if (line.size() <= longest)
        return maskedLine(line, secrets);
    return mark.column <= longest ? maskedLine(line.first(longest), secrets) + u'…' : QString();
}

/// Errors, then notices, each in file order; nothing secret in them.
Diagnostics finished(Diagnostics diagnostics, const Document &document, const Secrets &secrets)
{
    for (Diagnostic &diagnostic : diagnostics) {
        diagnostic.message = secrets.mask(diagnostic.message);
        diagnostic.suggestion = secrets.mask(diagnostic.suggestion);
        diagnostic.excerpt = excerptOf(document, diagnostic.mark, secrets);
    }
    std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic &d) {
        return std::tuple(d.severity == Severity::Notice, d.mark.line, d.mark.column);
    });
    return diagnostics;
}

Diagnostic withoutLine(const QString &message, const QString &suggestion)
{
    return {.severity = Severity::Error, .mark = {}, .message = message, .suggestion = suggestion, .excerpt = {}};
}

Diagnostic tooLarge()
{
    return withoutLine(u"the file is larger than %1 MiB"_s.arg(maxIncidentBytes / 1024 / 1024), u"an incident is written by people: split it"_s);
}

QString titleFor(const QString &sourcePath)
{
    const QString name = QFileInfo(sourcePath).completeBaseName();
    return name.isEmpty() ? u"Incident"_s : name;
}

} // namespace

ReadResult readIncident(const QByteArray &yaml, const ReadOptions &options, const QString &sourcePath)
{
    if (yaml.size() > maxIncidentBytes)
        return {.incident = nullptr, .diagnostics = {tooLarge()}};
    Diagnostics diagnostics;
    const Document document = Document::parse(yaml, diagnostics);
    if (!document.root())
        return {.incident = nullptr, .diagnostics = finished(diagnostics, document, {})};

    const QString folder = options.directory.isEmpty() && !sourcePath.isEmpty() ? QFileInfo(sourcePath).absolutePath() : options.directory;
    Reading reading(document, Variables(options), folder);
    auto incident = std::make_shared<Incident>();
    const Section root(reading, document.root(), QString());
    if (root.isMap())
        readSections(root, *incident);
    incident->sourcePath = sourcePath.isEmpty() ? QString() : QFileInfo(sourcePath).absoluteFilePath();
    if (incident->title.isEmpty())
        incident->title = titleFor(sourcePath);
    incident->secrets = secretsOf(reading, *document.root());
    maskTargets(*incident);

    diagnostics = finished(diagnostics + reading.diagnostics(), document, incident->secrets);
    const bool usable = !hasErrors(diagnostics);
    return {.incident = usable ? IncidentPtr(incident) : nullptr, .diagnostics = diagnostics};
}

ReadResult readIncidentFile(const QString &path, ReadOptions options)
{
    QFile file(path);
    if (QFileInfo(path).isDir())
        return {.incident = nullptr, .diagnostics = {withoutLine(u"%1 is a folder"_s.arg(path), u"name the incident file in it"_s)}};
    if (!file.open(QIODevice::ReadOnly))
        return {.incident = nullptr, .diagnostics = {withoutLine(u"%1 cannot be read: %2"_s.arg(path, file.errorString()), u"check the name and the permissions"_s)}};
    const QByteArray yaml = file.read(maxIncidentBytes + 1);
    if (options.directory.isEmpty())
        options.directory = QFileInfo(path).absolutePath();
    return readIncident(yaml, options, QFileInfo(path).absoluteFilePath());
}

} // namespace allclear
