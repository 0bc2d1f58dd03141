#include "publish/probereport.h"
#include "publish/terminal.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int barColumns = 48;
constexpr int labelColumns = 9; // "receive" and a space on each side
constexpr int longestValue = 100;
constexpr int shownHeaders = 30;
constexpr int excerptLines = 20;

struct Span {
    QString label;
    Duration from{}, length{};
};

/// The phases end to end; what no phase accounts for stands as a gap at the end.
QList<Span> phaseSpans(const Observation &observation)
{
    using enum Phase;
    QList<Span> spans;
    Duration at{};
    for (const Phase phase : {Dns, Connect, Tls, Send, Wait, Receive}) {
        if (const std::optional<Duration> length = observation.phase(phase)) {
            spans.append({name(phase), at, *length});
            at += *length;
        }
    }
    return spans;
}

QList<Span> stepSpans(const Observation &journey)
{
    QList<Span> spans;
    for (const StepResult &step : journey.steps) {
        if (step.observation)
            spans.append({printable(step.name), step.observation->startedAt - journey.startedAt, step.observation->latency});
    }
    return spans;
}

/// A bar in eighths of a column, so that a millisecond beside a second is still a mark.
QString bar(const Span &span, Duration total)
{
    static constexpr std::array blocks = {u' ', u'▏', u'▎', u'▍', u'▌', u'▋', u'▊', u'▉'};
    const double scale = total > Duration::zero() ? barColumns * 8 / toMs(total) : 0;
    const int from = static_cast<int>(std::floor(toMs(span.from) * scale / 8));
    int eighths = std::max(1, static_cast<int>(std::lround(toMs(span.length) * scale)));
    eighths = std::min(eighths, std::max(1, (barColumns - from) * 8));
    QString text(std::min(from, barColumns - 1), u' ');
    text += QString(eighths / 8, u'█');
    if (eighths % 8 != 0)
        text += blocks[static_cast<std::size_t>(eighths % 8)];
    return text;
}

class ProbeText {
public:
    ProbeText(const Endpoint &endpoint, const Observation &observation, Colour colour)
        : m_endpoint(endpoint), m_o(observation), m_colour(colour)
    {
    }

    QString write()
    {
        head();
        waterfall();
        conditions();
        steps();
        tls();
        headers();
        conversation();
        excerpt();
        for (const QString &note : m_o.notes)
            line(u"  note: "_s + printable(note));
        return m_lines.join(u'\n') + u'\n';
    }

private:
    void line(const QString &text) { m_lines.append(text); }
    void section(const QString &title)
    {
        line({});
        line(toned(title, Tone::Strong, m_colour));
    }

    void head()
    {
        line(toned(printable(m_endpoint.target), Tone::Strong, m_colour));
        QStringList facts{toned(shapeOf(m_o.outcome) + u' ' + name(m_o.outcome), toneOf(m_o.outcome), m_colour)};
        if (m_o.status)
            facts.append(u"status %1"_s.arg(*m_o.status));
        if (m_o.code)
            facts.append(u"code %1"_s.arg(printable(*m_o.code)));
        facts.append(m_o.answered ? durationText(m_o.latency) : u"no complete answer (%1)"_s.arg(durationText(m_o.latency)));
        for (const QString &fact : {m_o.remote, m_o.protocol}) {
            if (!fact.isEmpty())
                facts.append(printable(fact));
        }
        if (m_o.ping)
            facts.append(u"ping %1"_s.arg(durationText(*m_o.ping)));
        if (m_o.bytes > 0)
            facts.append(m_o.bytes == 1 ? u"1 byte"_s : u"%1 bytes"_s.arg(m_o.bytes));
        line(facts.join(u" · "_s));
        if (m_o.failure) {
            const QString phase = m_o.failure->phase ? u" in phase %1"_s.arg(name(*m_o.failure->phase)) : QString();
            line(toned(u"%1%2: %3"_s.arg(name(m_o.failure->kind), phase, printable(m_o.failure->message)), Tone::Bad, m_colour));
            if (!m_o.failure->hint.isEmpty())
                line(u"→ "_s + printable(m_o.failure->hint));
        }
        for (const QString &hop : m_o.hops)
            line(u"↪ "_s + printable(hop));
    }

    void waterfall()
    {
        const QList<Span> spans = m_o.steps.isEmpty() ? phaseSpans(m_o) : stepSpans(m_o);
        if (spans.isEmpty())
            return;
        line({});
        Duration total = m_o.latency;
        int columns = labelColumns;
        for (const Span &span : spans) {
            total = std::max(total, span.from + span.length);
            columns = std::max(columns, std::min(columnsOf(span.label) + 1, 32));
        }
        for (const Span &span : spans) {
            QString length = durationText(span.length);
            length.prepend(QString(std::max<qsizetype>(0, 9 - length.size()), u' '));
            line(u"  "_s + padded(fitted(span.label, columns), columns) + length + u"  "_s
                 + toned(bar(span, total), Tone::Busy, m_colour));
        }
    }

    void conditions()
    {
        if (m_o.conditions.isEmpty())
            return;
        line({});
        for (const ConditionResult &condition : m_o.conditions) {
            const bool met = condition.result == Truth::Met;
            const QString shape = met ? u"✓"_s : condition.result == Truth::Unmet ? u"✗"_s : u"◇"_s;
            const Tone tone = met ? Tone::Good : condition.result == Truth::Unmet ? Tone::Bad : Tone::Quiet;
            const QString rest = condition.result == Truth::NotEvaluable ? u"  (not evaluable)"_s : QString();
            line(u"  "_s + toned(shape, tone, m_colour) + u' ' + printable(condition.shown) + rest);
        }
    }

    void steps()
    {
        for (const StepResult &step : m_o.steps) {
            const QString told = step.observation ? reasonLine(*step.observation) : u"not run: "_s + printable(step.notRun);
            const QString shape = step.observation ? shapeOf(step.observation->outcome) : u"·"_s;
            line(u"  "_s + shape + u' ' + printable(step.name) + (told.isEmpty() ? QString() : u"  "_s + told));
        }
    }

    void tls()
    {
        if (!m_o.tls)
            return;
        const TlsFacts &tls = *m_o.tls;
        section(u"TLS"_s);
        QStringList facts{tls.version, tls.cipher};
        if (!tls.alpn.isEmpty())
            facts.append(u"ALPN %1"_s.arg(printable(tls.alpn)));
        if (tls.insecure)
            facts.append(u"INSECURE: not verified"_s);
        facts.removeAll(QString());
        line(u"  "_s + facts.join(u" · "_s));
        const bool fine = tls.chainVerdict == ChainVerdict::Ok;
        QString verdict = u"  chain: "_s + toned(name(tls.chainVerdict), fine ? Tone::Good : Tone::Bad, m_colour);
        if (!tls.chainMessage.isEmpty())
            verdict += u" – "_s + printable(tls.chainMessage);
        line(verdict);
        for (qsizetype i = 0; i < tls.chain.size(); ++i) {
            const Certificate &link = tls.chain[i];
            line(u"  %1 %2"_s.arg(i).arg(printable(link.subject)));
            line(u"      issued by %1"_s.arg(printable(link.issuer)));
            line(u"      %1 to %2 (UTC) · %3 · %4"_s.arg(toIso(link.notBefore).first(10), toIso(link.notAfter).first(10),
                                                        printable(link.key), printable(link.signature)));
            if (!link.names.isEmpty())
                line(u"      for %1"_s.arg(fitted(printable(link.names.join(u", "_s)), longestValue)));
        }
        if (tls.daysLeft)
            line(u"  %1 days left"_s.arg(*tls.daysLeft, 0, 'f', 1)
                 + (tls.shortestDaysLeft && *tls.shortestDaysLeft < *tls.daysLeft
                        ? u"; a link of the chain only %1"_s.arg(*tls.shortestDaysLeft, 0, 'f', 1)
                        : QString()));
    }

    void headers()
    {
        if (m_o.headers.isEmpty())
            return;
        section(u"Headers"_s);
        for (const auto &[header, value] : m_o.headers.mid(0, shownHeaders))
            line(u"  %1: %2"_s.arg(printable(header), fitted(printable(value), longestValue)));
        if (m_o.headers.size() > shownHeaders)
            line(u"  … and %1 more"_s.arg(m_o.headers.size() - shownHeaders));
    }

    void conversation()
    {
        if (m_o.conversation.isEmpty())
            return;
        section(u"Conversation"_s);
        for (const Exchange &exchange : m_o.conversation) {
            QString at = durationText(exchange.at);
            at.prepend(QString(std::max<qsizetype>(0, 9 - at.size()), u' '));
            const bool sent = exchange.way == Exchange::Way::Sent;
            const QString skipped = !sent && exchange.entry < 0 ? u"  (skipped)"_s : QString();
            line(u"  %1  %2 %3%4"_s.arg(at, sent ? u"→"_s : u"←"_s, fitted(printable(exchange.text), longestValue), skipped));
        }
    }

    void excerpt()
    {
        if (m_o.excerpt.isEmpty())
            return;
        section(u"Answer"_s);
        const QStringList lines = m_o.excerpt.split(u'\n');
        for (const QString &text : lines.mid(0, excerptLines))
            line(u"  "_s + fitted(printable(text), 160));
        if (lines.size() > excerptLines)
            line(u"  … %1 more lines"_s.arg(lines.size() - excerptLines));
    }

    const Endpoint &m_endpoint;
    const Observation &m_o;
    Colour m_colour;
    QStringList m_lines;
};

} // namespace

LatencySummary summarise(const QList<ObservationPtr> &observations)
{
    LatencySummary summary{.count = observations.size()};
    std::vector<Duration> latencies;
    for (const ObservationPtr &observation : observations) {
        summary.failed += observation->failed() ? 1 : 0;
        if (observation->answered)
            latencies.push_back(observation->latency);
    }
    if (latencies.empty())
        return summary;
    std::ranges::sort(latencies);
    const auto rank = [&](double share) {
        const auto nearest = static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
        return latencies[std::max<std::size_t>(nearest, 1) - 1];
    };
    summary.p50 = rank(0.50);
    summary.p95 = rank(0.95);
    summary.max = latencies.back();
    return summary;
}

QString probeText(const Endpoint &endpoint, const Observation &observation, Colour colour)
{
    return ProbeText(endpoint, observation, colour).write();
}

QString repeatLine(qsizetype number, const Observation &observation, Colour colour)
{
    const QString latency = observation.answered ? durationText(observation.latency) : u"–"_s;
    QString line = padded(QString::number(number), 4) + toned(shapeOf(observation.outcome), toneOf(observation.outcome), colour) + u' '
        + padded(fitted(answerWord(observation), answerColumns), answerColumns) + u"  "_s + padded(latency, latencyColumns) + u"  "_s
        + reasonLine(observation);
    while (line.endsWith(u' '))
        line.chop(1);
    return line;
}

QString summaryText(const LatencySummary &summary)
{
    QString text = u"%1, %2 failed"_s.arg(summary.count == 1 ? u"1 probe"_s : u"%1 probes"_s.arg(summary.count)).arg(summary.failed);
    if (summary.p50)
        text += u" · p50 %1 · p95 %2 · max %3"_s.arg(durationText(*summary.p50), durationText(*summary.p95), durationText(*summary.max));
    else
        text += u" · no complete answer came, so there is no latency"_s;
    return text;
}

} // namespace allclear
