#pragma once

#include "pkg/home/home.hpp"
#include "pkg/userns/mapping.hpp"

namespace userns {

// Puts this process (single-threaded) into the user's session user namespace as its root, with a
// mount namespace of its own whose changes stay in it: joins the one that a running monitor holds,
// else makes it, with newuidmap and newgidmap side by side. With a single-id mapping says so once,
// in one line. Throws base::Error that names the cause and the fix: sysctl, AppArmor, missing
// newuidmap ... Returns the mapping in force.
Mapping enter(const home::Home& home);

// Tells others that this process, which has entered, stays for a while: they join it then.
void hold(const home::Home& home);
// Takes that back, at the end.
void release(const home::Home& home);

// Calls `work(context)` in a child that has entered, and waits. The child's error is thrown here
// again.
void call_inside(const home::Home& home, void (*work)(void* context), void* context);

// Runs `work` in a child that has entered, and waits. The child's error is thrown here again.
template <typename Work>
void inside(const home::Home& home, Work work) {
  call_inside(
      home, [](void* context) { (*static_cast<Work*>(context))(); }, &work);
}

}  // namespace userns
