#include "app/cli/arguments.h"

#include "app/cli/manual.h"

#include <CLI/CLI.hpp>

#include <QFileInfo>

#include <algorithm>
#include <numeric>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr double slowest = 0.1;
constexpr double fastest = 200;
constexpr int unusable = 2;

/// What the parser fills in; turned into an Invocation by values().
struct Raw {
    std::vector<std::string> files;
    std::string format = "text";
    std::string duration;
    std::string speed = "1";
    bool headless = false, quiet = false, noColour = false, noHistory = false, insecure = false;
    std::vector<std::string> expect, headers;
    std::string body, method, timeout, caFile;
    int repeat = 1;
    std::string output;
    int incident = 0;
};

QString qt(const std::string &text) { return QString::fromStdString(text); }

Ending refuse(const CommandManual &manual, const QString &message)
{
    return {unusable, {},
            u"%1: %2\nTry `%1 --help`.\n"_s.arg(manual.program(), message)};
}

void addProbeOptions(CLI::App &app, Raw &raw)
{
    const auto one = [](CLI::Option *option, const char *type) { option->type_name(type)->allow_extra_args(false); };
    one(app.add_option("--expect", raw.expect, "A condition that must hold, as in an incident file; may be given again"), "COND");
    one(app.add_option("-H,--header", raw.headers, "A request header; may be given again"), "'NAME: VALUE'");
    one(app.add_option("-d,--body", raw.body, "What to send: an HTTP body, a WebSocket message, a query"), "TEXT");
    one(app.add_option("-X,--method", raw.method, "The HTTP method (default GET)"), "METHOD");
    one(app.add_option("--timeout", raw.timeout, "Bounds the whole probe (default 10s)"), "DURATION");
    one(app.add_option("--ca-file", raw.caFile, "Further trust anchors, PEM"), "FILE");
    app.add_flag("-k,--insecure", raw.insecure, "Report certificate problems without failing on them");
    one(app.add_option("--repeat", raw.repeat, "Probe N times, one after the other, and print p50, p95 and max")
            ->check(CLI::Range(1, 10000)), "N");
}

void addImportOptions(CLI::App &app, Raw &raw)
{
    app.add_option("-o,--output", raw.output, "The incident file to write; one that an earlier import wrote is brought up to date")
        ->type_name("FILE")->allow_extra_args(false);
    app.add_option("--incident", raw.incident, "Which one, when the text describes several incidents")
        ->type_name("N")->check(CLI::Range(1, 10000))->allow_extra_args(false);
}

void addOptions(CLI::App &app, const CommandManual &manual, Raw &raw)
{
    const auto offers = [&manual](QLatin1StringView option) { return manual.options.contains(option); };
    if (manual.files != FileCount::None)
        app.add_option(manual.command == Command::Probe ? "URL" : manual.command == Command::Import ? "ISSUE" : "FILE", raw.files, manual.fileHelp.toStdString())->type_name("");
    if (offers("--format"_L1))
        app.add_option("--format", raw.format, "How results are printed: " + manual.formats.join(u", "_s).toStdString())
            ->type_name("FORMAT");
    if (offers("--for"_L1))
        app.add_option("--for", raw.duration, manual.durationHelp.toStdString())->type_name("DURATION");
    if (offers("--speed"_L1))
        app.add_option("--speed", raw.speed, "How many times faster than real time the story runs (default 1)")
            ->type_name("N");
    if (offers("--headless"_L1))
        app.add_flag("--headless", raw.headless, "Print what happens instead of opening the board");
    if (offers("--no-history"_L1))
        app.add_flag("--no-history", raw.noHistory, "Do not record results in the local history");
    if (manual.command == Command::Probe)
        addProbeOptions(app, raw);
    if (manual.command == Command::Import)
        addImportOptions(app, raw);
    app.add_flag("-q,--quiet", raw.quiet, "No notices and no progress; errors are still printed");
    app.add_flag("--no-color", raw.noColour, "No colours; NO_COLOR in the environment does the same");
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.set_version_flag("--version", "allclear " ALLCLEAR_VERSION, "Print the version and exit");
}

QStringList optionNames(const CLI::App &app)
{
    QStringList names;
    for (const CLI::Option *option : app.get_options()) {
        for (const std::string &name : option->get_lnames())
            names.append(u"--"_s + qt(name));
    }
    return names;
}

std::optional<QString> complaintAboutExtras(const CLI::App &app, const CommandManual &manual)
{
    const std::vector<std::string> extras = app.remaining();
    if (extras.empty())
        return std::nullopt;
    const QString extra = qt(extras.front());
    if (!extra.startsWith(u'-'))
        return u"`%1` was not expected"_s.arg(extra);
    const QString option = extra.section(u'=', 0, 0);
    const QString meant = nearest(option, optionNames(app));
    const QString message = u"`%1` is not an option of `%2`"_s.arg(option, manual.program());
    return meant.isEmpty() ? message : message + u"; did you mean `%1`?"_s.arg(meant);
}

std::optional<QString> complaintAboutFiles(const Raw &raw, const CommandManual &manual)
{
    const bool required = manual.files == FileCount::One || manual.files == FileCount::OneOrMore;
    if (manual.command == Command::Import && raw.files.empty())
        return u"an issue is expected: `%1 ISSUE.md`, or `-` for standard input"_s.arg(manual.program());
    if (manual.command == Command::Import && raw.files.size() > 1)
        return u"one issue is expected, but %1 were given (`%2` is the second)"_s.arg(raw.files.size()).arg(qt(raw.files[1]));
    if (required && raw.files.empty())
        return manual.command == Command::Probe ? u"a URL is expected: `%1 URL`"_s.arg(manual.program())
                                                : u"an incident file is expected: `%1 FILE`"_s.arg(manual.program());
    if (manual.command == Command::Probe && raw.files.size() > 1)
        return u"one URL is expected, but %1 were given (`%2` is the second)"_s.arg(raw.files.size()).arg(qt(raw.files[1]));
    if (manual.files != FileCount::OneOrMore && raw.files.size() > 1)
        return u"one incident file is expected, but %1 were given (`%2` is the second)"_s.arg(raw.files.size())
            .arg(qt(raw.files[1]));
    return std::nullopt;
}

std::variant<Format, QString> formatFrom(const QString &word, const CommandManual &manual)
{
    static const QStringList later{u"junit"_s, u"nagios"_s, u"markdown"_s};
    const QString known = manual.formats.join(u" or "_s);
    if (manual.formats.contains(word))
        return word == "json"_L1 ? Format::Json : word == "ndjson"_L1 ? Format::NdJson : Format::Text;
    if (manual.command == Command::Check && later.contains(word))
        return u"the format `%1` is not available yet; %2 are"_s.arg(word, manual.formats.join(u" and "_s));
    const QString meant = nearest(word, manual.formats);
    const QString message = u"`%1` is not a format: expected %2"_s.arg(word, known);
    return meant.isEmpty() ? message : message + u"; did you mean `%1`?"_s.arg(meant);
}

std::variant<Invocation, QString> values(const Raw &raw, const CommandManual &manual)
{
    Invocation made{.command = manual.command, .files = {}, .duration = {}, .headless = raw.headless,
                    .quiet = raw.quiet, .noColour = raw.noColour, .noHistory = raw.noHistory, .probe = {}, .import = {.output = qt(raw.output), .incident = {}}};
    if (raw.incident > 0)
        made.import.incident = raw.incident;
    std::ranges::transform(raw.files, std::back_inserter(made.files), qt);
    if (!manual.formats.isEmpty()) {
        const auto format = formatFrom(qt(raw.format), manual);
        if (const auto *complaint = std::get_if<QString>(&format))
            return *complaint;
        made.format = std::get<Format>(format);
    }
    if (!raw.duration.empty()) {
        made.duration = parseDuration(qt(raw.duration));
        if (!made.duration || *made.duration <= Duration::zero())
            return u"`--for %1` is not a duration: expected one like 30s, 5m or 1h30m"_s.arg(qt(raw.duration));
    }
    const auto texts = [](const std::vector<std::string> &list) {
        QStringList all;
        std::ranges::transform(list, std::back_inserter(all), qt);
        return all;
    };
    made.probe = {.expect = texts(raw.expect), .headers = texts(raw.headers), .body = qt(raw.body), .method = qt(raw.method),
                  .timeout = qt(raw.timeout), .caFile = qt(raw.caFile), .insecure = raw.insecure, .repeat = raw.repeat};
    bool number = false;
    made.speed = qt(raw.speed).toDouble(&number);
    if (!number || !(made.speed >= slowest && made.speed <= fastest))
        return u"`--speed %1` cannot be used: expected a number from %2 to %3"_s.arg(qt(raw.speed)).arg(slowest).arg(fastest);
    return made;
}

std::variant<Invocation, Ending> parse(const QStringList &arguments, const CommandManual &manual)
{
    CLI::App app(manual.description.toStdString(), manual.program().toStdString());
    app.allow_extras();
    app.footer(manual.footer().toStdString());
    Raw raw;
    addOptions(app, manual, raw);
    std::vector<std::string> reversed; // as CLI::App::parse takes them
    std::transform(arguments.rbegin(), arguments.rend(), std::back_inserter(reversed),
                   [](const QString &argument) { return argument.toStdString(); });
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp &) {
        return Ending{0, qt(app.help()), {}};
    } catch (const CLI::CallForVersion &) {
        return Ending{0, u"allclear " ALLCLEAR_VERSION "\n"_s, {}};
    } catch (const CLI::ParseError &error) {
        return refuse(manual, qt(error.what()));
    }
    if (const auto complaint = complaintAboutExtras(app, manual))
        return refuse(manual, *complaint);
    if (const auto complaint = complaintAboutFiles(raw, manual))
        return refuse(manual, *complaint);
    const auto made = values(raw, manual);
    if (const auto *complaint = std::get_if<QString>(&made))
        return refuse(manual, *complaint);
    return std::get<Invocation>(made);
}

/// A first word that is neither a command nor anything like a file.
Ending unknownCommand(const QString &word)
{
    QString message = u"allclear: `%1` is neither a command nor a file"_s.arg(word);
    const QString meant = nearest(word, commandNames());
    if (!meant.isEmpty())
        message += u"; did you mean `allclear %1`?"_s.arg(meant);
    return {unusable, {}, message + u"\nThe commands are %1. Try `allclear --help`.\n"_s.arg(commandNames().join(u", "_s))};
}

bool looksLikeFile(const QString &word)
{
    return word.contains(u'/') || word.contains(u'.') || QFileInfo::exists(word);
}

} // namespace

std::variant<Invocation, Ending> parseArguments(const QStringList &arguments)
{
    const auto word = std::ranges::find_if(arguments, [](const QString &a) { return !a.startsWith(u'-'); });
    if (word == arguments.end())
        return parse(arguments, boardManual());
    if (const CommandManual *manual = findManual(*word)) {
        QStringList rest = arguments;
        rest.removeAt(std::distance(arguments.begin(), word));
        return parse(rest, *manual);
    }
    if (!looksLikeFile(*word))
        return unknownCommand(*word);
    return parse(arguments, boardManual());
}

QString nearest(const QString &word, const QStringList &candidates)
{
    const auto distance = [&word](const QString &other) {
        QList<qsizetype> row(other.size() + 1);
        std::iota(row.begin(), row.end(), 0);
        for (qsizetype i = 0; i < word.size(); ++i) {
            qsizetype diagonal = std::exchange(row[0], i + 1);
            for (qsizetype j = 0; j < other.size(); ++j) {
                const qsizetype replaced = diagonal + (word[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
            }
        }
        return row.last();
    };
    const auto best = std::ranges::min_element(candidates, {}, distance);
    if (best == candidates.end() || distance(*best) > std::max<qsizetype>(2, word.size() / 3))
        return {};
    return *best;
}

} // namespace allclear
