// What `watch` and `rehearse --headless` print: one line a result, one a verdict that changed.
#include "publish/terminal.h"

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int outcomeColumns = 8; // "degraded"
constexpr int keyColumns = 30;

QString trimmedEnd(QString line)
{
    while (line.endsWith(u' '))
        line.chop(1);
    return line;
}

} // namespace

QString watchLine(const Endpoint &endpoint, const Observation &observation, Colour colour)
{
    const QString outcome = shapeOf(observation.outcome) + u' ' + padded(name(observation.outcome), outcomeColumns);
    const QString latency = observation.answered ? durationText(observation.latency) : u"–"_s;
    return trimmedEnd(clockTextWithSeconds(observation.startedAt) + "  "_L1
                      + toned(outcome, toneOf(observation.outcome), colour) + "  "_L1
                      + padded(fitted(printable(endpoint.key()), keyColumns), keyColumns) + "  "_L1
                      + padded(fitted(answerWord(observation), answerColumns), answerColumns) + "  "_L1
                      + padded(latency, latencyColumns) + "  "_L1 + reasonLine(observation));
}

QString verdictLine(const Verdict &verdict, const Incident &incident, Colour colour)
{
    const QString sentence = shapeOf(verdict.overall) + u' ' + printable(verdict.sentence);
    QString line = clockTextWithSeconds(verdict.at) + "  "_L1;
    if (incident.declared)
        line += "T+ "_L1 + elapsedText(verdict.at - *incident.declared) + "  "_L1;
    line += toned(sentence, toneOf(verdict.overall), colour);
    // The sentence speaks of titles; the names are what a log is searched for.
    QStringList names;
    for (const Suspect &suspect : verdict.suspects)
        names.append(printable(suspect.component));
    if (!names.isEmpty())
        line += u" · suspect: "_s + names.join(", "_L1);
    return line;
}

int exitCode(Overall overall)
{
    switch (overall) {
    case Overall::Clear: return 0;
    case Overall::NotClear: return 1;
    case Overall::Unknown: return 3;
    }
    return 3;
}

} // namespace allclear
