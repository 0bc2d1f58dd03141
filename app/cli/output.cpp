#include "app/cli/output.h"

#include <cstdio>
#include <unistd.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

bool write(std::FILE *stream, QByteArray bytes)
{
    if (!bytes.endsWith('\n'))
        bytes.append('\n');
    const auto size = static_cast<std::size_t>(bytes.size());
    return std::fwrite(bytes.constData(), 1, size, stream) == size && std::fflush(stream) == 0;
}

Colour colourFor(const Invocation &invocation)
{
    const bool plain = invocation.noColour || !qEnvironmentVariableIsEmpty("NO_COLOR") || qgetenv("TERM") == "dumb"
        || isatty(STDOUT_FILENO) == 0;
    return plain ? Colour::None : Colour::Ansi;
}

/// The palette of contract 2, in 24-bit colour.
QLatin1StringView ansi(State state)
{
    switch (state) {
    case State::Up: return "38;2;43;181;140"_L1;
    case State::Degraded: return "38;2;230;168;23"_L1;
    case State::Down: return "38;2;229;83;61"_L1;
    case State::Unknown: return "38;2;125;135;146"_L1;
    case State::Checking: return "38;2;91;141;239"_L1;
    case State::Flapping: return "38;2;204;121;167"_L1;
    case State::Paused: return "38;2;108;142;191"_L1;
    }
    Q_UNREACHABLE();
}

} // namespace

Output::Output(const Invocation &invocation) : m_quiet(invocation.quiet), m_colour(colourFor(invocation)) {}

bool Output::result(const QByteArray &bytes) const
{
    progress({});
    return write(stdout, bytes);
}

void Output::notice(const QString &text) const
{
    if (!m_quiet)
        error(text);
}

void Output::error(const QString &text) const
{
    progress({});
    write(stderr, text.toUtf8());
}

void Output::diagnostics(const Diagnostics &diagnostics, const QString &file) const
{
    for (const Diagnostic &diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::Error)
            error(toText(diagnostic, file));
        else
            notice(toText(diagnostic, file));
    }
}

void Output::progress(const QString &text) const
{
    if (m_quiet || isatty(STDERR_FILENO) == 0)
        return;
    const QByteArray line = "\r\x1b[K" + text.toUtf8();
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stderr);
    std::fflush(stderr);
}

QString Output::word(State state) const
{
    if (m_colour == Colour::None)
        return name(state);
    return u"\x1b[%1m%2\x1b[0m"_s.arg(ansi(state), name(state));
}

} // namespace allclear
