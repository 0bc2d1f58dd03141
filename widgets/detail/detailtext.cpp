#include "widgets/detail/detailtext.h"

#include <algorithm>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype messageLength = 200; ///< characters of one message of a conversation

QString say(const char *text) { return QCoreApplication::translate("Detail", text); }

bool isHidden(char32_t c)
{
    const bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
    const bool direction = c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
    return control || direction || (c >= 0xd800 && c < 0xe000);
}

QString daysText(int days) { return days == 1 ? say("1 day") : say("%1 days").arg(days); }

QString day(TimePoint time) { return toIso(time).first(10); }

} // namespace

QString visibleText(const QString &text)
{
    QString shown;
    shown.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'\r' && i + 1 < text.size() && text[i + 1] == u'\n')
            continue;
        if (c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            shown += c;
            shown += text[++i];
        } else if (isHidden(c.unicode())) {
            const QString digits = QString::number(c.unicode(), 16);
            shown += c.unicode() < 0x100 ? u"\\x"_s + digits.rightJustified(2, u'0') : u"\\u"_s + digits.rightJustified(4, u'0');
        } else {
            shown += c;
        }
    }
    return shown;
}

QString outcomeText(const Observation &observation)
{
    if (!observation.failure) {
        const QString took = durationText(observation.latency);
        return observation.outcome == Outcome::Degraded ? say("Degraded: answered in %1, and a degraded-when condition is met.").arg(took)
                                                        : say("Passed: answered in %1.").arg(took);
    }
    const Failure &failure = *observation.failure;
    const QString kind = name(failure.kind);
    const QString where = failure.phase ? say("%1 in phase %2").arg(kind, QString(name(*failure.phase))) : kind;
    QString text = say("Failed (%1): %2").arg(where, visibleText(failure.message));
    if (!failure.hint.isEmpty())
        text += u'\n' + say("Try: %1").arg(visibleText(failure.hint));
    return text;
}

QString factsText(const Observation &observation)
{
    QStringList facts{clockTextWithSeconds(observation.startedAt), say("took %1").arg(durationText(observation.latency))};
    if (observation.queued >= 1ms)
        facts += say("waited %1 in this program").arg(durationText(observation.queued));
    if (observation.attempt > 1)
        facts += say("attempt %1").arg(observation.attempt);
    if (observation.status)
        facts += say("status %1").arg(*observation.status);
    if (observation.code)
        facts += say("code %1").arg(visibleText(*observation.code));
    for (const QString &fact : {observation.protocol, observation.remote}) {
        if (!fact.isEmpty())
            facts += visibleText(fact);
    }
    if (observation.bytes > 0)
        facts += observation.bytes == 1 ? say("1 byte") : say("%1 bytes").arg(observation.bytes);
    if (observation.ping)
        facts += say("ping %1").arg(durationText(*observation.ping));
    return facts.join(u" · "_s);
}

QList<PhasePart> phaseParts(const Observation &observation)
{
    QList<PhasePart> parts;
    for (int i = 0; i < measuredPhaseCount; ++i) {
        if (const auto took = observation.phases[static_cast<std::size_t>(i)])
            parts.append({static_cast<Phase>(i), *took});
    }
    return parts;
}

QString phasesText(const QList<PhasePart> &parts)
{
    QStringList words;
    for (const PhasePart &part : parts)
        words += QString(name(part.phase)) + u' ' + durationText(part.took);
    return words.join(u", "_s);
}

QString conditionText(const ConditionResult &condition)
{
    const QString text = visibleText(condition.text);
    if (condition.result == Truth::NotEvaluable)
        return say("%1 · had no value").arg(text);
    return condition.value.isEmpty() ? text : say("%1 · was %2").arg(text, visibleText(condition.value));
}

QString truthWord(Truth truth)
{
    switch (truth) {
    case Truth::Met: return say("met");
    case Truth::Unmet: return say("not met");
    case Truth::NotEvaluable: return say("not evaluable");
    }
    return {};
}

QString stepText(const StepResult &step)
{
    const QString called = visibleText(step.name);
    if (!step.observation)
        return say("%1 · not run: %2").arg(called, visibleText(step.notRun));
    const Observation &observation = *step.observation;
    QStringList parts{called};
    if (observation.failure)
        parts.append(visibleText(observation.failure->message));
    else if (observation.status)
        parts.append(QString::number(*observation.status));
    if (observation.answered)
        parts.append(durationText(observation.latency));
    return parts.join(u" · "_s);
}

QString stepWord(const StepResult &step)
{
    if (!step.observation)
        return say("not run");
    switch (step.observation->outcome) {
    case Outcome::Pass: return say("passed");
    case Outcome::Degraded: return say("degraded");
    case Outcome::Fail: break;
    }
    return say("failed");
}

State stepState(const StepResult &step)
{
    if (!step.observation)
        return State::Unknown;
    switch (step.observation->outcome) {
    case Outcome::Pass: return State::Up;
    case Outcome::Degraded: return State::Degraded;
    case Outcome::Fail: break;
    }
    return State::Down;
}

QString conversationText(const Observation &observation)
{
    QList<Exchange> exchanges = observation.conversation;
    for (const StepResult &step : observation.steps) {
        if (step.observation)
            exchanges += step.observation->conversation;
    }
    QStringList lines;
    for (const Exchange &exchange : exchanges.first(std::min(exchanges.size(), rowsAtMost))) {
        const bool sent = exchange.way == Exchange::Way::Sent;
        const QString skipped = !sent && exchange.entry < 0 ? say("  (skipped)") : QString();
        QString said = visibleText(exchange.text).simplified();
        if (said.size() > messageLength)
            said = said.first(messageLength) + u'…';
        lines.append(u"%1  %2 %3%4"_s.arg(durationText(exchange.at), sent ? u"→"_s : u"←"_s, said, skipped));
    }
    return lines.join(u'\n');
}

QString certificateText(const Certificate &certificate, TimePoint now)
{
    const double left = std::chrono::duration<double, std::ratio<86400>>(certificate.notAfter - now).count();
    const QString validity = say("valid %1 to %2 UTC").arg(day(certificate.notBefore), day(certificate.notAfter));
    const int days = static_cast<int>(std::floor(std::abs(left)));
    QString remaining = left < 0 ? say("expired %1 ago").arg(daysText(days)) : say("%1 left").arg(daysText(days));
    if (now < certificate.notBefore)
        remaining = say("not valid yet");
    QStringList lines{visibleText(certificate.subject), say("issued by %1").arg(visibleText(certificate.issuer)),
                      validity + u" · "_s + remaining};
    QStringList technical;
    for (const QString &fact : {certificate.key, certificate.signature}) {
        if (!fact.isEmpty())
            technical += visibleText(fact);
    }
    if (!technical.isEmpty())
        lines += technical.join(u" · "_s);
    if (!certificate.names.isEmpty()) {
        const auto shown = std::min<qsizetype>(certificate.names.size(), 12);
        QString names = visibleText(certificate.names.first(shown).join(u", "_s));
        if (shown < certificate.names.size())
            names += say(", and %1 more").arg(certificate.names.size() - shown);
        lines += say("for %1").arg(names);
    }
    return lines.join(u'\n');
}

State certificateState(const Certificate &certificate, TimePoint now)
{
    if (now < certificate.notBefore || now > certificate.notAfter)
        return State::Down;
    return certificate.notAfter - now < std::chrono::hours(14 * 24) ? State::Degraded : State::Up;
}

QString chainText(const TlsFacts &tls)
{
    QStringList facts;
    for (const QString &fact : {tls.version, tls.cipher, tls.alpn}) {
        if (!fact.isEmpty())
            facts += visibleText(fact);
    }
    QString text = say("Chain: %1").arg(QString(name(tls.chainVerdict)));
    if (!tls.chainMessage.isEmpty())
        text += u". "_s + visibleText(tls.chainMessage);
    return facts.isEmpty() ? text : text + u'\n' + facts.join(u" · "_s);
}

QString headersText(const Observation &observation)
{
    QStringList lines;
    for (const auto &[header, value] : observation.headers.first(std::min(observation.headers.size(), rowsAtMost)))
        lines += visibleText(header + u": "_s + value).replace(u'\n', u"\\n"_s);
    if (const auto more = observation.headers.size() - rowsAtMost; more > 0)
        lines += say("and %1 more").arg(more);
    return lines.join(u'\n');
}

} // namespace allclear
