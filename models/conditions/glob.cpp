#include "conditions/glob.h"

#include <algorithm>
#include <string>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

char32_t codePoint(QStringView text, qsizetype &at)
{
    const QChar first = text[at++];
    if (first.isHighSurrogate() && at < text.size() && text[at].isLowSurrogate())
        return QChar::surrogateToUcs4(first, text[at++]);
    return first.unicode();
}

std::u32string codePoints(QStringView text)
{
    std::u32string points;
    points.reserve(static_cast<std::size_t>(text.size()));
    for (qsizetype at = 0; at < text.size();)
        points.push_back(codePoint(text, at));
    return points;
}

} // namespace

bool Glob::One::takes(char32_t c) const
{
    switch (kind) {
    case Kind::Literal: return c == literal;
    case Kind::Any: return true;
    case Kind::Class: {
        const bool inside = std::ranges::any_of(
            set.ranges, [c](const auto &range) { return range.first <= c && c <= range.second; });
        return inside != set.negated;
    }
    }
    return false;
}

std::optional<char32_t> Glob::parseMember(QStringView pattern, qsizetype &at)
{
    if (at < pattern.size() && (pattern[at] == u'-' || pattern[at] == u']'))
        return std::nullopt;
    if (at < pattern.size() && pattern[at] == u'\\')
        ++at;
    if (at >= pattern.size())
        return std::nullopt;
    return codePoint(pattern, at);
}

std::optional<Glob::Class> Glob::parseClass(QStringView pattern, qsizetype &at, Error &error)
{
    const qsizetype start = at++;
    Class set;
    if (at < pattern.size() && pattern[at] == u'^') {
        set.negated = true;
        ++at;
    }
    while (at < pattern.size()) {
        if (pattern[at] == u']' && !set.ranges.isEmpty()) {
            ++at;
            return set;
        }
        const auto low = parseMember(pattern, at);
        if (!low)
            break;
        auto high = low;
        if (at < pattern.size() && pattern[at] == u'-') {
            ++at;
            high = parseMember(pattern, at);
            if (!high)
                break;
        }
        set.ranges.append({*low, *high});
    }
    error = Error{.at = start, .message = u"`[` opens a class of characters here that is not complete"_s};
    return std::nullopt;
}

std::optional<Glob> Glob::parse(QStringView pattern, Error &error)
{
    Glob glob;
    glob.m_segments.append(Segment());
    for (qsizetype at = 0; at < pattern.size();) {
        const QChar c = pattern[at];
        if (c == u'*') {
            ++at;
            glob.m_segments.append(Segment());
        } else if (c == u'?') {
            ++at;
            glob.m_segments.last().append(One{.kind = One::Kind::Any});
        } else if (c == u'[') {
            auto set = parseClass(pattern, at, error);
            if (!set)
                return std::nullopt;
            glob.m_segments.last().append(One{.kind = One::Kind::Class, .set = std::move(*set)});
        } else {
            if (c == u'\\' && ++at == pattern.size()) {
                error = Error{.at = at - 1, .message = u"`\\` stands before nothing"_s};
                return std::nullopt;
            }
            glob.m_segments.last().append(One{.kind = One::Kind::Literal, .literal = codePoint(pattern, at)});
        }
    }
    return glob;
}

bool Glob::matches(QStringView text) const
{
    const std::u32string points = codePoints(text);
    const auto fits = [&points](const Segment &segment, std::size_t at) {
        for (qsizetype i = 0; i < segment.size(); ++i) {
            if (!segment[i].takes(points[at + static_cast<std::size_t>(i)]))
                return false;
        }
        return true;
    };
    const auto length = [](const Segment &segment) { return static_cast<std::size_t>(segment.size()); };

    const Segment &first = m_segments.first();
    if (length(first) > points.size() || !fits(first, 0))
        return false;
    if (m_segments.size() == 1)
        return length(first) == points.size();
    const Segment &last = m_segments.last();
    if (length(first) + length(last) > points.size() || !fits(last, points.size() - length(last)))
        return false;

    // What lies between is taken leftmost first: the earliest place leaves the most room for the rest.
    std::size_t at = length(first);
    const std::size_t end = points.size() - length(last);
    for (qsizetype i = 1; i + 1 < m_segments.size(); ++i) {
        const Segment &segment = m_segments[i];
        while (at + length(segment) <= end && !fits(segment, at))
            ++at;
        if (at + length(segment) > end)
            return false;
        at += length(segment);
    }
    return true;
}

} // namespace allclear
