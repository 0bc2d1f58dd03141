// What the issue says it costs, whom it hits, and what happens.
#include "importer/draft.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto noCase = QRegularExpression::CaseInsensitiveOption;

struct Sum {
    double amount = 0;
    QString currency;
    bool atLeast = false;
};

std::optional<Sum> sumIn(const QString &text)
{
    static const QRegularExpression money(
        u"(>|≥|over|more than|at least|above)?\\s*(?:([$€£])\\s?|\\b(USD|EUR|GBP|CHF)\\s)(\\d[\\d,]*(?:\\.\\d+)?)\\s?(thousand|million|billion|mm|k|m|b)?(?![a-z])(\\+)?"_s,
        noCase);
    for (const auto &match : money.globalMatch(text)) {
        const double amount = match.captured(4).remove(u',').toDouble();
        const QString unit = match.captured(5).toLower();
        const double times = unit.isEmpty()           ? 1
            : unit == "k"_L1 || unit == "thousand"_L1 ? 1e3
            : unit.startsWith(u'b')                   ? 1e9
                                                      : 1e6;
        const QString sign = match.captured(2);
        const QString currency = sign == u"€" ? u"EUR"_s
            : sign == u"£"                    ? u"GBP"_s
            : sign == u"$"                    ? u"USD"_s
                                              : match.captured(3).toUpper();
        constexpr double least = 100, most = 1e13; // "$1" is an argument of a shell
        if (amount * times >= least && amount * times <= most)
            return Sum{amount * times, currency, match.hasCaptured(6) || !match.captured(1).isEmpty()};
    }
    return std::nullopt;
}

QString periodIn(const QString &text)
{
    static const QRegularExpression year(u"\\bARR\\b|annual|year|p\\.a\\."_s, noCase),
        month(u"\\bMRR\\b|month"_s, noCase), week(u"week"_s, noCase), day(u"\\bdaily\\b|\\bday\\b"_s, noCase),
        hour(u"hour"_s, noCase), minute(u"minute"_s, noCase), quarter(u"quarter"_s, noCase);
    for (const auto &[pattern, word] :
         {std::pair(&year, u"year"_s), std::pair(&month, u"month"_s), std::pair(&quarter, u"quarter"_s),
          std::pair(&week, u"week"_s), std::pair(&day, u"day"_s), std::pair(&hour, u"hour"_s),
          std::pair(&minute, u"minute"_s)}) {
        if (pattern->match(text).hasMatch())
            return word;
    }
    return {};
}

bool takeMoney(Issue &issue, const Line &line)
{
    const QString text = clean(line.text);
    const std::optional<Sum> sum = sumIn(text);
    if (!sum)
        return false;
    const QString period = periodIn(text);
    issue.draft.money = DraftMoney{.amount = sum->amount,
                                   .currency = sum->currency,
                                   .per = period.isEmpty() ? u"year"_s : period,
                                   .atLeast = sum->atLeast,
                                   .line = line.line,
                                   .guess = period.isEmpty() ? u"the issue names no period"_s : QString()};
    issue.use(line.line);
    return true;
}

QList<Line> proseOf(const Part &part)
{
    QList<Line> lines;
    for (const Block &block : part.blocks) {
        if (block.type != Block::Type::Code && block.type != Block::Type::Html)
            lines += allLines(block);
    }
    return lines;
}

void readMoney(Issue &issue)
{
    for (const Fact &fact : issue.facts) {
        if ((fact.name.contains("revenue"_L1) || fact.name.contains("arr"_L1) || fact.name.contains("cost"_L1))
            && takeMoney(issue, {fact.name + u' ' + fact.text, fact.line}))
            return;
    }
    for (const bool impactOnly : {true, false}) {
        for (const Part &part : issue.outline) {
            const bool fits = part.topic != Topic::HowTo && (part.topic == Topic::Impact || !impactOnly);
            const QList<Line> lines = fits ? QList<Line>{{part.title, part.line}} + proseOf(part) : QList<Line>();
            if (std::ranges::any_of(lines, [&](const Line &line) { return takeMoney(issue, line); }))
                return;
        }
    }
}

void readCustomers(Issue &issue)
{
    static const QRegularExpression people(u"\\b(customers?|users?|clients?|tenants?|subscribers?)\\b"_s, noCase);
    for (const Fact &fact : issue.facts) {
        const bool named = people.match(fact.name).hasMatch() && issue.outline[fact.part].topic != Topic::Criteria
            && issue.outline[fact.part].topic != Topic::Actions;
        if (named && !clean(fact.text).isEmpty()) {
            issue.draft.customers = {withoutSecrets(clean(fact.text)), fact.line};
            return issue.use(fact.line);
        }
    }
    for (const Part &part : std::as_const(issue.outline)) {
        for (const Line &line : part.topic == Topic::Impact ? proseOf(part) : QList<Line>()) {
            if (!people.match(clean(line.text)).hasMatch() || issue.used.contains(line.line))
                continue;
            issue.draft.customers = {withoutSecrets(clean(line.text)), line.line};
            return issue.use(line.line);
        }
    }
}

/// What is reported of availability is a claim: the board measures its own.
QString availabilityClaim(Issue &issue)
{
    static const QRegularExpression share(u"\\d+(?:\\.\\d+)?\\s?%"_s);
    for (const Fact &fact : issue.facts) {
        const bool named = fact.name.contains("availab"_L1) || fact.name.contains("uptime"_L1);
        const Topic topic = issue.outline[fact.part].topic;
        if (!named || !share.match(fact.text).hasMatch() || topic == Topic::Criteria || topic == Topic::Metrics)
            continue;
        issue.use(fact.line);
        return u"Reported availability (a claim, line %1): %2."_s.arg(fact.line).arg(clean(fact.text));
    }
    return {};
}

void readSummary(Issue &issue)
{
    constexpr qsizetype longest = 600;
    QStringList sentences;
    int line = 0, lastLine = 0;
    qsizetype length = 0;
    for (const Topic wanted : {Topic::Summary, Topic::Current}) {
        for (const Part &part : std::as_const(issue.outline)) {
            for (const Line &text : part.topic == wanted ? proseOf(part) : QList<Line>()) {
                const QString sentence = withoutSecrets(clean(text.text));
                if (sentence.isEmpty() || sentence.endsWith(u':') || length + sentence.size() > longest
                    || issue.used.contains(text.line))
                    continue;
                length += sentence.size();
                line = line == 0 ? text.line : line;
                lastLine = text.line;
                sentences.append(sentence.endsWith(u'.') || sentence.endsWith(u'!') ? sentence : sentence + u'.');
                issue.use(text.line);
            }
        }
        if (!sentences.isEmpty())
            break;
    }
    if (const QString claim = availabilityClaim(issue); !claim.isEmpty())
        sentences.append(claim);
    issue.draft.summary = {.text = sentences.join(u' '), .line = line, .guess = {}, .lastLine = lastLine};
}

/// "Detected: 2025-09-16 04:00 UTC": the clock counts from here.
void readDeclared(Issue &issue)
{
    static const QRegularExpression name(
        u"^(?:declared|date|created|reported|detected|started|start time|incident start|timestamp|time|opened|date/time|incident date|discovered)(?: at| on| by)?$"_s,
        noCase);
    static const QRegularExpression instant(
        u"(\\d{4}-\\d\\d-\\d\\d)(?:[T ,]+(\\d\\d:\\d\\d)(:\\d\\d)?(?:\\.\\d+)?\\s*(Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)?)?"_s,
        noCase);
    for (const Fact &fact : issue.frontMatter + issue.facts) {
        const Topic topic = issue.outline[fact.part].topic;
        const auto match = name.match(fact.name).hasMatch() && topic != Topic::Actions ? instant.match(clean(fact.text))
                                                                                       : QRegularExpressionMatch();
        if (!match.hasMatch())
            continue;
        const QString time = match.captured(2).isEmpty() ? u"00:00"_s : match.captured(2);
        const QString seconds = match.captured(3).isEmpty() ? u":00"_s : match.captured(3);
        const QString zone = match.captured(4).toUpper();
        const bool offset = zone.startsWith(u'+') || zone.startsWith(u'-');
        const QString text =
            match.captured(1) + u'T' + time + seconds + (offset ? zone.first(3) + u':' + zone.last(2) : u"Z"_s);
        if (!fromIso(text))
            continue;
        const QString guess = match.captured(2).isEmpty() ? u"the issue gives the day only"_s
            : zone.isEmpty()                              ? u"the issue names no time zone"_s
                                                          : QString();
        issue.draft.declared = {text, fact.line, guess};
        return issue.use(fact.line);
    }
}

} // namespace

void readImpact(Issue &issue)
{
    readDeclared(issue);
    readMoney(issue);
    readCustomers(issue);
    readSummary(issue);
}

} // namespace allclear::issue
