// pat(…): the globs Gatus takes from Go's filepath.Match. `*` any run of characters, `?` one character,
// `[a-z]` `[^a-z]` one of a class, `\c` the character itself. Unlike Go's, `/` is a character like any other.
#pragma once

#include <QList>
#include <QString>

#include <optional>
#include <utility>

namespace allclear {

class Glob {
public:
    struct Error {
        qsizetype at = 0; ///< index of the offending character in the pattern
        QString message;
    };

    /// Nothing, with `error` set, for a pattern that can match nothing: an open class or a lone trailing `\`.
    static std::optional<Glob> parse(QStringView pattern, Error &error);

    /// Whether the whole text matches. No backtracking over stars: linear in the text for a literal pattern.
    bool matches(QStringView text) const;

private:
    struct Class {
        bool negated = false;
        QList<std::pair<char32_t, char32_t>> ranges;
    };
    struct One { // one character of the text
        enum class Kind { Literal, Any, Class } kind = Kind::Literal;
        char32_t literal = 0;
        Class set = {};
        bool takes(char32_t c) const;
    };
    using Segment = QList<One>; // between two stars

    static std::optional<Class> parseClass(QStringView pattern, qsizetype &at, Error &error);
    static std::optional<char32_t> parseMember(QStringView pattern, qsizetype &at);

    QList<Segment> m_segments; // one more than there are stars
};

} // namespace allclear
