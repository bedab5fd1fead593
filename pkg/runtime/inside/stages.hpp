#pragma once

#include "pkg/runtime/plan.hpp"

// The stages of inside/enter.cpp. `subject` is set to what the stage is about when it fails.
namespace runtime::inside {

using Subject = const char*;

// Fills in a report from errno.
void describe(Failure& failure, Step step, const char* subject) noexcept;

// Installs the plan's filter, and sends its listener away if it has one.
bool install_filter(const Plan& plan) noexcept;

bool leave_parent(const Plan& plan, Subject& subject) noexcept;
// All descriptors but the streams and those that are still needed.
bool close_others(const Plan& plan, Subject& subject) noexcept;
// Says where we are to those who wait for it.
void tell(const Plan& plan, Step step) noexcept;
bool join_late_namespaces(const Plan& plan, Subject& subject) noexcept;
bool set_names(const Plan& plan, Subject& subject) noexcept;
bool set_sysctl(const Plan& plan, Subject& subject) noexcept;
bool take_streams(const Plan& plan, Subject& subject) noexcept;

bool attach_root(const Plan& plan, Subject& subject) noexcept;
bool attach_mounts(const Plan& plan, Subject& subject) noexcept;
bool mask_paths(const Plan& plan, Subject& subject) noexcept;
bool protect_paths(const Plan& plan, Subject& subject) noexcept;
bool pivot(const Plan& plan, Subject& subject) noexcept;

// Waits until those outside have run theirs first.
bool run_create_hooks(const Plan& plan, Subject& subject) noexcept;
bool run_start_hooks(const Plan& plan, Subject& subject) noexcept;

bool set_limits(const Plan& plan, Subject& subject) noexcept;
bool set_schedule(const Plan& plan, Subject& subject) noexcept;
bool take_processors(const ProcessorSet& processors) noexcept;
bool join_keyring(const Plan& plan, Subject& subject) noexcept;
bool bound_capabilities(const Plan& plan, Subject& subject) noexcept;
bool filter_before_identity(const Plan& plan, Subject& subject) noexcept;
bool take_identity(const Plan& plan, Subject& subject) noexcept;
bool take_capabilities(const Plan& plan, Subject& subject) noexcept;
bool take_profile(const Plan& plan, Subject& subject) noexcept;
bool filter_calls(const Plan& plan, Subject& subject) noexcept;
bool change_directory(const Plan& plan, Subject& subject) noexcept;
bool look_for_program(const Plan& plan, Subject& subject) noexcept;

// Who made us either says go, or has ended, and then so do we.
void wait_at(int gate) noexcept;
bool wait_for_start(const Plan& plan, Subject& subject) noexcept;

// Returns only when it fails.
bool execute(const Plan& plan, Subject& subject) noexcept;

// Process 1 of a container with --init: starts the program as its child, forwards signals, reaps
// orphans and ends as the program ended. Returns in the child; false: no child could be made.
bool become_init(const Plan& plan) noexcept;
// Takes signals and reaps children until killed, or until `child` has ended: then returns its exit
// status. 0 is no child to wait for.
int reap(pid_t child) noexcept;

}  // namespace runtime::inside
