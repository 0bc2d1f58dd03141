#include "app/cli/manual.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

const QString exitCodes = u"Exit codes: 0 clear (or done), 1 not clear, 2 unusable arguments or file, 3 could not judge."_s;

QList<CommandManual> makeCommands()
{
    return {
        {.command = Command::Check,
         .name = u"check"_s,
         .description = u"Probe every endpoint of an incident file once and print the verdict."_s,
         .files = FileCount::One,
         .fileHelp = u"The incident file"_s,
         .options = {u"--format"_s, u"--for"_s},
         .formats = {u"text"_s, u"json"_s},
         .durationHelp = u"Probe on schedule for this long, so that hold windows are judged; ends early when clear"_s,
         .examples = {u"allclear check incident.yaml"_s, u"allclear check incident.yaml --format json | jq .verdict"_s,
                      u"allclear check incident.yaml --for 5m"_s},
         .notes = exitCodes},
        {.command = Command::Watch,
         .name = u"watch"_s,
         .description = u"Probe on schedule until stopped: one line a result, a summary on Ctrl-C. A changed file is "
                        "taken over live."_s,
         .files = FileCount::One,
         .fileHelp = u"The incident file"_s,
         .options = {u"--format"_s, u"--for"_s, u"--no-history"_s},
         .formats = {u"text"_s, u"ndjson"_s},
         .durationHelp = u"Stop by itself after this long"_s,
         .examples = {u"allclear watch incident.yaml"_s, u"allclear watch incident.yaml --format ndjson >> results.ndjson"_s,
                      u"allclear watch incident.yaml --for 1h --no-history"_s},
         .notes = exitCodes},
        {.command = Command::Probe,
         .name = u"probe"_s,
         .description = u"Probe one URL now and show where the time went, what came, and the certificates. Every scheme of "
                        "an incident file is understood."_s,
         .files = FileCount::One,
         .fileHelp = u"https, wss, tls, starttls, tcp, dns, icmp, redis, postgres, promql+https …"_s,
         .options = {u"--format"_s},
         .formats = {u"text"_s, u"json"_s},
         .durationHelp = {},
         .examples = {u"allclear probe https://example.org/health"_s,
                      u"allclear probe https://example.org/health --expect '[STATUS] == 200' --expect '[RESPONSE_TIME] < 2000'"_s,
                      u"allclear probe wss://example.org/ws --header 'Authorization: Bearer …' --body '{\"type\": \"ping\"}'"_s,
                      u"allclear probe tls://example.org:443 --format json | jq .tls.chain_verdict"_s,
                      u"allclear probe 'dns://127.0.0.53/example.org?type=MX'"_s,
                      u"allclear probe https://example.org/ --repeat 50"_s},
         .notes = u"Exit codes: 0 it answered and every expectation held, 1 it did not, 2 unusable arguments, 3 an expectation "
                  "could not be judged."_s},
        {.command = Command::Validate,
         .name = u"validate"_s,
         .description = u"Read incident files only: every error with line, column and a suggestion."_s,
         .files = FileCount::OneOrMore,
         .fileHelp = u"The incident files"_s,
         .options = {},
         .formats = {},
         .durationHelp = {},
         .examples = {u"allclear validate incident.yaml"_s, u"allclear validate incidents/*.yaml"_s},
         .notes = u"Exit codes: 0 every file can be used, 2 at least one cannot."_s},
        {.command = Command::Import,
         .name = u"import"_s,
         .description = u"Make an incident file from an issue's Markdown. Every value names the line it came from; what found "
                        "no place is listed. Nothing is probed, no command is started or approved."_s,
         .files = FileCount::One,
         .fileHelp = u"The issue's Markdown, or - for standard input"_s,
         .options = {},
         .formats = {},
         .durationHelp = {},
         .examples = {u"allclear import ISSUE.md -o incident.yaml"_s, u"gh issue view 1234 --json body --jq .body | allclear import - > incident.yaml"_s,
                      u"allclear import incidents.md --incident 2 -o incident.yaml"_s},
         .notes = u"An OUTPUT that an earlier import wrote is brought up to date: what the issue changed follows, what you changed "
                  "stays.\n\nExit codes: 0 the file was made, 2 unusable arguments or issue, or several incidents and none chosen."_s},
        {.command = Command::Rehearse,
         .name = u"rehearse"_s,
         .description = u"The built-in simulated staging on real loopback sockets, from crisis to recovery, with the "
                        "board on top."_s,
         .files = FileCount::None,
         .fileHelp = {},
         .options = {u"--headless"_s, u"--speed"_s},
         .formats = {},
         .durationHelp = {},
         .examples = {u"allclear rehearse"_s, u"allclear rehearse --headless --speed 20"_s},
         .notes = u"Exit codes: 0 all clear, 1 not clear in the time allowed, 2 unusable arguments or no display."_s}};
}

const QList<CommandManual> &commands()
{
    static const QList<CommandManual> all = makeCommands();
    return all;
}

QString overview()
{
    QString text = u"Commands:\n"_s;
    for (const CommandManual &command : commands())
        text += u"  %1%2\n"_s.arg(command.name, -11).arg(command.description.section(u". "_s, 0, 0));
    return text + u"\n`allclear COMMAND --help` says more.\n\n"_s;
}

} // namespace

QString CommandManual::program() const
{
    return name.isEmpty() ? u"allclear"_s : u"allclear "_s + name;
}

QString CommandManual::footer() const
{
    QString text = name.isEmpty() ? overview() : QString();
    text += u"Examples:\n"_s;
    for (const QString &example : examples)
        text += u"  "_s + example + u'\n';
    return notes.isEmpty() ? text : text + u'\n' + notes;
}

const CommandManual &boardManual()
{
    static const CommandManual manual{
        .command = Command::Board,
        .name = {},
        .description = u"A war-room for one incident. Without a command it opens the board on FILE, on the file opened "
                       "last, or on the rehearsal."_s,
        .files = FileCount::Optional,
        .fileHelp = u"The incident file"_s,
        .options = {},
        .formats = {},
        .durationHelp = {},
        .examples = {u"allclear incident.yaml"_s, u"allclear check incident.yaml"_s, u"allclear rehearse"_s},
        .notes = exitCodes};
    return manual;
}

const CommandManual *findManual(const QString &name)
{
    const auto found = std::ranges::find(commands(), name, &CommandManual::name);
    return found == commands().end() ? nullptr : &*found;
}

QStringList commandNames()
{
    QStringList names;
    std::ranges::transform(commands(), std::back_inserter(names), &CommandManual::name);
    return names;
}

} // namespace allclear
