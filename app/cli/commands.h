// One function a command, each in a file of its own. Each runs the application's event loop when it needs one and
// returns the exit code of contract 5.
#pragma once

#include "app/cli/arguments.h"

namespace allclear {

int runBoard(const Invocation &invocation);
int runCheck(const Invocation &invocation);
int runWatch(const Invocation &invocation);
int runProbe(const Invocation &invocation);
int runValidate(const Invocation &invocation);
int runImport(const Invocation &invocation);
int runRehearse(const Invocation &invocation);

} // namespace allclear
