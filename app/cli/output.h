// Results go to standard output, everything else to standard error.
#pragma once

#include "app/cli/arguments.h"
#include "core/diagnostic.h"
#include "core/vocabulary.h"
#include "publish/report.h"

namespace allclear {

class Output {
public:
    explicit Output(const Invocation &invocation);

    Colour colour() const { return m_colour; }
    /// A line break is added when the text has none. False: nobody reads any longer (a closed pipe).
    bool result(const QByteArray &bytes) const;
    bool result(const QString &text) const { return result(text.toUtf8()); }
    /// Left out by --quiet.
    void notice(const QString &text) const;
    void error(const QString &text) const;
    void diagnostics(const Diagnostics &diagnostics, const QString &file) const;
    /// One line on a terminal that the next call overwrites; nothing elsewhere. Empty: takes it away.
    void progress(const QString &text) const;
    /// The state's word in its colour.
    QString word(State state) const;

private:
    bool m_quiet;
    Colour m_colour;
};

} // namespace allclear
