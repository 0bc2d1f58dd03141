// An operation that can fail returns a Result; an endpoint that fails is an Observation, not a Result.
#pragma once

#include <QString>

#include <utility>
#include <variant>

namespace allclear {

/// What went wrong, for a person: one sentence, and what to try next (may be empty).
struct Error {
    QString message;
    QString hint;
};

template <typename T>
class Result {
public:
    Result(T value) : m_value(std::move(value)) {}   // implicit: `return value;`
    Result(Error error) : m_value(std::move(error)) {} // implicit: `return Error{…};`

    explicit operator bool() const { return std::holds_alternative<T>(m_value); }
    const T &value() const & { return std::get<T>(m_value); }
    T &&value() && { return std::get<T>(std::move(m_value)); }
    const T &operator*() const & { return value(); }
    const T *operator->() const { return &value(); }
    const Error &error() const { return std::get<Error>(m_value); }

private:
    std::variant<T, Error> m_value;
};

} // namespace allclear
