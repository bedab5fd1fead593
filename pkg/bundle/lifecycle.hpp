#pragma once

#include "pkg/bundle/store.hpp"
#include "pkg/oci/resources.hpp"

#include <string>
#include <vector>

// What can be done to a container that there is. All throw base::Error that names it.
namespace bundle {

// Lets the process go on to its command; returns after its exec. Then the poststart hooks run.
void start(const Container& container);

// Sends a signal to its process, or with `all` to everybody in it. Not to one that has stopped.
void kill(const Container& container, int signal, bool all);

// Takes away all that `create` made. Of a container that has not stopped only with `force`, which
// kills it. Then the poststop hooks run.
void remove(const Container& container, bool force);

void pause(const Container& container);
void resume(const Container& container);

void update(const Container& container, const oci::Resources& resources);

// Everybody in it, as we count.
std::vector<pid_t> processes(const Container& container);

base::Json statistics(const Container& container);

}  // namespace bundle
