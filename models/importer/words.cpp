#include "importer/words.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <array>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

bool isPicture(char32_t c)
{
    return (c >= 0x2300 && c < 0x2400) || (c >= 0x25a0 && c < 0x2800) || (c >= 0x2b00 && c < 0x2c00) || c == 0xfe0f
        || c == 0xfe0e || c == 0x200d || c == 0x20e3 || (c >= 0x1f000 && c < 0x1fb00) || c == 0xf8ff || c == 0xfffd;
}

constexpr QStringView keycapTail = u"\ufe0f\u20e3";

/// The clear text's letters: shouting is most of them in capitals, in more than one word that could be written small.
bool isShouting(const QString &text)
{
    const auto letters = std::ranges::count_if(text, [](QChar c) { return c.isLetter(); });
    const auto capitals = std::ranges::count_if(text, [](QChar c) { return c.isUpper(); });
    return letters >= 8 && capitals * 10 >= letters * 7;
}

bool isAcronym(const QString &word)
{
    static const QSet<QString> known{
        u"API"_s,  u"APIS"_s,  u"HTTP"_s,  u"HTTPS"_s, u"VPC"_s, u"SSL"_s,  u"TLS"_s,  u"DNS"_s,   u"GCP"_s,
        u"AWS"_s,  u"SQL"_s,   u"DB"_s,    u"CPU"_s,   u"RAM"_s, u"CI"_s,   u"CD"_s,   u"CI/CD"_s, u"E2E"_s,
        u"JWT"_s,  u"OAUTH"_s, u"SSO"_s,   u"CORS"_s,  u"URL"_s, u"UI"_s,   u"UX"_s,   u"SDK"_s,   u"CDN"_s,
        u"TCP"_s,  u"UDP"_s,   u"IP"_s,    u"ARR"_s,   u"SLA"_s, u"SLO"_s,  u"SSOT"_s, u"P0"_s,    u"P1"_s,
        u"P2"_s,   u"P3"_s,    u"MRO"_s,   u"ID"_s,    u"IDS"_s, u"JSON"_s, u"YAML"_s, u"XML"_s,   u"WS"_s,
        u"WSS"_s,  u"LLM"_s,   u"AI"_s,    u"ML"_s,    u"QA"_s,  u"VM"_s,   u"EKS"_s,  u"GKE"_s,   u"IAM"_s,
        u"SMTP"_s, u"IMAP"_s,  u"NGINX"_s, u"S3"_s,    u"EC2"_s, u"RDS"_s,  u"OOM"_s,  u"USD"_s,   u"UTC"_s};
    return known.contains(word);
}

QString smallWord(const QString &word)
{
    const bool hasDigit = std::ranges::any_of(word, [](QChar c) { return c.isDigit(); });
    return hasDigit || isAcronym(word) ? word : word.toLower();
}

struct Unit {
    QLatin1StringView prefix;
    Duration length;
};

/// By what a unit's word starts with; longer prefixes first.
std::optional<Duration> unitOf(const QString &word)
{
    static constexpr std::array units{
        Unit{"ms"_L1, 1ms},  Unit{"milli"_L1, 1ms}, Unit{"mo"_L1, 720h},   Unit{"min"_L1, 1min}, Unit{"m"_L1, 1min},
        Unit{"sec"_L1, 1s},  Unit{"s"_L1, 1s},      Unit{"hour"_L1, 1h},   Unit{"hr"_L1, 1h},    Unit{"h"_L1, 1h},
        Unit{"day"_L1, 24h}, Unit{"d"_L1, 24h},     Unit{"week"_L1, 168h}, Unit{"w"_L1, 168h}};
    const QString small = word.toLower();
    const auto found = std::ranges::find_if(units, [&](const Unit &unit) { return small.startsWith(unit.prefix); });
    return found == units.end() ? std::nullopt : std::optional(found->length);
}

} // namespace

QList<Line> linesOf(const Block &block)
{
    QList<Line> lines;
    int number = block.line;
    for (const QString &text : block.text.split(u'\n'))
        lines.append({text, number++});
    return lines;
}

QString plain(const QString &marked)
{
    QString text;
    text.reserve(marked.size());
    bool inAddress = false;
    for (const QChar c : marked) {
        if (c == linkOn || c == linkOff)
            inAddress = c == linkOn;
        else if (!inAddress && c.unicode() > linkOff)
            text += c;
    }
    return text;
}

QString withoutEmoji(const QString &text)
{
    QString rest;
    rest.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i].isDigit() && QStringView(text).sliced(i + 1).startsWith(keycapTail)) {
            i += keycapTail.size();
            continue;
        }
        char32_t c = text[i].unicode();
        const bool pair = text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (pair)
            c = QChar::surrogateToUcs4(text[i], text[i + 1]);
        if (!isPicture(c) && !(text[i].isSurrogate() && !pair))
            rest += pair ? text.sliced(i, 2) : QString(text[i]);
        i += pair ? 1 : 0;
    }
    return rest;
}

QString clean(const QString &marked) { return withoutEmoji(plain(marked)).simplified(); }

std::optional<Label> labelOf(const QString &marked)
{
    QString text = withoutEmoji(marked).trimmed();
    qsizetype start = 0;
    while (start < text.size() && (QStringView(u"-–•*").contains(text[start]) || text[start].isSpace()))
        ++start;
    text = text.sliced(start);
    if (text.startsWith(QChar(boldOn))) {
        const qsizetype end = text.indexOf(QChar(boldOff));
        if (end < 0)
            return std::nullopt;
        QString name = text.sliced(1, end - 1);
        QString rest = text.sliced(end + 1).trimmed();
        if (const qsizetype colon = name.indexOf(u": "_s); colon > 0) { // "**Impact: all users**"
            rest = name.sliced(colon + 1).trimmed() + (rest.isEmpty() ? QString() : u' ' + rest);
            name = name.first(colon + 1);
        }
        const bool named = clean(name).endsWith(u':');
        const bool parted =
            rest.startsWith(u':') || rest.startsWith("- "_L1) || rest.startsWith(u'–') || rest.startsWith(u'—');
        if (!named && !parted && !rest.isEmpty())
            return std::nullopt;
        if (!named && parted)
            rest = rest.sliced(1).trimmed();
        name = clean(name);
        if (name.endsWith(u':'))
            name.chop(1);
        return name.trimmed().isEmpty() ? std::nullopt : std::optional(Label{name.trimmed(), rest, true});
    }
    static const QRegularExpression bare(u"^([A-Za-z][A-Za-z0-9#/&() '_-]{1,48}):(?:\\s+(.*))?$"_s);
    const QRegularExpressionMatch match = bare.match(text);
    if (!match.hasMatch() || match.captured(1).count(u' ') > 5)
        return std::nullopt;
    return Label{match.captured(1).trimmed(), match.captured(2).trimmed(), false};
}

QString withoutNumber(const QString &text)
{
    static const QRegularExpression number(
        u"^\\s*(?:(?:step|action|phase|task|item)\\s*#?\\d+\\s*[:.)–—-]\\s*|#?\\d+(?:\\.\\d+)*\\s*[.):]\\s*|#?\\d+(?:\\.\\d+)+\\s+|\\d+\\s+[–—-]\\s+|[A-Za-z][.)]\\s+|[IVX]+\\.\\s+)"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = number.match(text);
    return match.hasMatch() ? text.sliced(match.capturedLength()).trimmed() : text.trimmed();
}

std::optional<int> leadingNumber(const QString &text)
{
    static const QRegularExpression number(u"^\\D{0,12}?#?(\\d{1,3})\\b"_s);
    const QRegularExpressionMatch match = number.match(text);
    return match.hasMatch() ? std::optional(match.captured(1).toInt()) : std::nullopt;
}

QString withoutShouting(const QString &text)
{
    if (!isShouting(text))
        return text;
    QStringList words = text.split(u' ');
    for (QString &word : words) {
        QStringList parts = word.split(u'-');
        for (QString &part : parts) {
            qsizetype end = part.size();
            while (end > 0 && part[end - 1].isPunct())
                --end;
            part = smallWord(part.first(end)) + part.sliced(end);
        }
        word = parts.join(u'-');
    }
    QString small = words.join(u' ');
    if (!small.isEmpty())
        small[0] = small[0].toUpper();
    return small;
}

QString slug(const QString &text, qsizetype most)
{
    QString name;
    for (const QChar c : text.toLower().normalized(QString::NormalizationForm_D)) {
        if ((c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'))
            name += c;
        else if (!name.isEmpty() && !name.endsWith(u'-') && c.category() != QChar::Mark_NonSpacing)
            name += u'-';
    }
    if (name.size() > most) {
        const qsizetype end = name.lastIndexOf(u'-', most);
        name = name.first(end > most / 2 ? end : most);
    }
    while (name.endsWith(u'-'))
        name.chop(1);
    return name.isEmpty() ? u"item"_s : name;
}

QStringList keywords(const QString &text)
{
    static const QSet<QString> empty{u"the"_s,  u"and"_s,    u"for"_s,     u"all"_s,    u"are"_s,     u"with"_s,
                                     u"from"_s, u"test"_s,   u"tests"_s,   u"to"_s,     u"of"_s,      u"in"_s,
                                     u"on"_s,   u"py"_s,     u"a"_s,       u"an"_s,     u"is"_s,      u"be"_s,
                                     u"by"_s,   u"must"_s,   u"should"_s,  u"python"_s, u"python3"_s, u"m"_s,
                                     u"v"_s,    u"pytest"_s, u"results"_s, u"result"_s, u"issue"_s,   u"issues"_s,
                                     u"at"_s,   u"or"_s,     u"no"_s,      u"not"_s,    u"suite"_s,   u"run"_s};
    QStringList words;
    for (const QString &word : slug(text, 4000).split(u'-')) {
        if (!empty.contains(word) && !words.contains(word))
            words.append(word);
    }
    return words;
}

QString shortened(const QString &text, qsizetype most)
{
    const QString line = text.simplified();
    return line.size() <= most ? line : line.first(most - 1) + u'…';
}

QString dueIn(const QString &text)
{
    static const QRegularExpression amount(
        u"(?:(\\d+(?:\\.\\d+)?)\\s*(?:-|–|—|to)\\s*)?(\\d+(?:\\.\\d+)?)\\s*\\+?\\s*-?(minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|w|months?)\\b"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = amount.match(text); match.hasMatch()) {
        const std::optional<Duration> unit = unitOf(match.captured(3));
        const double count = match.captured(2).toDouble();
        constexpr Duration longest = 24h * 3650;
        if (unit && count > 0 && count < 10000 && *unit * count <= longest)
            return durationWord(std::chrono::duration_cast<Duration>(*unit * count));
    }
    const QString small = text.toLower();
    static const QRegularExpression today(u"\\b(today|same day|end of day|eod)\\b"_s), week(u"\\bthis week\\b"_s),
        tomorrow(u"\\btomorrow\\b"_s), month(u"\\bthis month\\b"_s);
    if (today.match(small).hasMatch() || tomorrow.match(small).hasMatch())
        return tomorrow.match(small).hasMatch() ? u"48h"_s : u"24h"_s;
    if (week.match(small).hasMatch())
        return u"168h"_s;
    return month.match(small).hasMatch() ? u"720h"_s : QString();
}

std::optional<Duration> durationIn(const QString &text)
{
    static const QRegularExpression parts(
        u"(\\d+(?:[.,]\\d+)?)\\s*\\+?\\s*(milliseconds?|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h)\\b(?:\\s*(\\d+(?:\\.\\d+)?)\\s*(seconds?|secs?|s|minutes?|mins?|m)\\b)?"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = parts.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const auto length = [&](int amount, int unit) -> double {
        const std::optional<Duration> one = unitOf(match.captured(unit));
        return one ? match.captured(amount).replace(u',', u'.').toDouble() * toMs(*one) : 0;
    };
    const double ms = length(1, 2) + (match.hasCaptured(3) ? length(3, 4) : 0);
    constexpr double longest = 1e10;
    return ms < longest ? std::optional(fromMs(ms)) : std::nullopt;
}

QString durationWord(Duration duration)
{
    if (duration >= 1h && duration % 1h == 0h)
        return u"%1h"_s.arg(duration / 1h);
    if (duration >= 1min && duration % 1min == 0min)
        return u"%1m"_s.arg(duration / 1min);
    if (duration < 1s)
        return QString::number(toMs(duration), 'g', 6) + u"ms"_s;
    return QString::number(toMs(duration) / 1000, 'f', 3).remove(QRegularExpression(u"\\.?0+$"_s)) + u's';
}

} // namespace allclear::issue
