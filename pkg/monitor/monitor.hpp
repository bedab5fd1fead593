#pragma once

#include "pkg/monitor/workload.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

namespace monitor {

// Looks after containers until none runs, none is to be started again and nobody asks for anything.
// `listener` is the socket that commands reach it by, `first` is connected to the one that started
// us; our standard error is its own until its first request has been answered.
void run(Workload& work, sys::Fd listener, sys::Fd first);

}  // namespace monitor
