// Shared by every test: unexpected warnings fail the test.
#pragma once

#include <QRegularExpression>
#include <QTest>

#include "core/observation.h"

namespace allclear::test {

/// Call first in init(): a qWarning that was not announced by QTest::ignoreMessage fails the test function.
inline void failOnWarnings() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

} // namespace allclear::test
