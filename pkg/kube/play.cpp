#include "pkg/kube/play.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/kube/host_path.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/interruption.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/sys/signals.hpp"
#include "storage/all_images.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <set>

#include <poll.h>

namespace kube {
namespace {

constexpr std::size_t kToldLines = 10;

bool is_up(const std::string& status) {
  return status == "Running" || status == "Degraded" || status == "Paused";
}

// Made here and called localhost/NAME, though the file says NAME: no registry has it.
bool is_made_here(const home::Home& home, const std::string& image) {
  if (!images::find(home, image)) return false;
  const storage::AllImages store(home);
  return !store.find_id(oci::Reference::parse(image).text());
}

bool is_main(const containers::Container& container) {
  return container.options.role == containers::Options::Role::Main;
}

Step step_of(Step::Kind kind, const std::string& pod) {
  Step step;
  step.kind = kind;
  step.name = pod;
  return step;
}

// What is to be done about a pod that is there already.
std::optional<Step> continue_with(const home::Home& home, const pods::Pod& there, const Pod& pod,
                                  const PlayOptions& options) {
  if (options.replace) return std::nullopt;
  const std::size_t all = pod.init_containers.size() + pod.containers.size();
  if (there.options.digest != digest_of(pod, options)) {
    throw base::Error(fmt::format(
        "{}: pod {} is there already, {}; --replace puts the new one in its place", pod.place,
        pod.name, there.options.digest.empty() ? "not from a file" : "with another content"));
  }
  // Somebody was killed while making it, or a container was removed.
  if (pods::members(home, there).size() < all) return std::nullopt;
  const std::string status = pods::status_of(home, there);
  // Of those that are to run for ever, none may be missing; others may have done their work.
  const bool lacks_some = status == "Degraded" && pod.restart_policy == RestartPolicy::Always;
  const bool stays = (is_up(status) && !lacks_some) || !options.start;
  return step_of(stays ? Step::Kind::KeepPod : Step::Kind::StartPod, pod.name);
}

// The last lines of a container's log, without time and stream.
std::string last_words(const home::Home& home, const containers::Container& container) {
  const auto log = sys::find_file(container.log_path(home));
  if (!log) return "";
  std::vector<std::string> lines = base::split(base::trim(*log), '\n');
  if (lines.size() > kToldLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kToldLines));
  }
  std::string out;
  for (const std::string& line : lines) {
    std::size_t at = 0;
    for (int field = 0; field < 3 && at != std::string::npos; ++field)
      at = line.find(' ', at == 0 ? 0 : at + 1);
    if (at != std::string::npos) out += "\n  " + container.name + ": " + line.substr(at + 1);
  }
  return out;
}

// Does the steps and remembers how to undo them.
class Walk {
 public:
  Walk(const home::Home& home, std::optional<containers::Recruit> recruit)
      : home_(home), recruit_(std::move(recruit)) {}

  void step(const Step& step) {
    switch (step.kind) {
      case Step::Kind::NeedImage:
        images::ensure(home_, step.name, step.pull);
        return;
      case Step::Kind::NeedPath:
        return need_path(step);
      case Step::Kind::KeepPod:
        return finish(pods::get(home_, step.name), "unchanged");
      case Step::Kind::RemovePod:
        pods::remove(home_, pods::get(home_, step.name), true, std::nullopt);
        replaced_.push_back(step.name);
        return;
      case Step::Kind::MakePod:
        made_.push_back(pods::create(home_, step.pod));
        return finish(made_.back(), outcome_of_new(step.name));
      case Step::Kind::MakeContainer:
        return make_container(step);
      case Step::Kind::StartPod:
        return start(step);
    }
  }

  // Latest first. What cannot be undone is said and left.
  void back() noexcept {
    for (auto pod = started_.rbegin(); pod != started_.rend(); ++pod)
      undo([&] { pods::stop(home_, *pod, std::nullopt); });
    for (auto pod = made_.rbegin(); pod != made_.rend(); ++pod)
      undo([&] { pods::remove(home_, *pod, true, 0); });
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path)
      undo([&] { std::remove(path->c_str()); });  // a directory only when it is empty
  }

  std::vector<Played> played() { return std::move(played_); }

 private:
  template <typename Action>
  static void undo(const Action& action) noexcept {
    try {
      action();
    } catch (const std::exception& error) {
      base::log::warn("undo: {}", error.what());
    }
  }

  std::string outcome_of_new(const std::string& name) const {
    return std::count(replaced_.begin(), replaced_.end(), name) != 0 ? "replaced" : "created";
  }

  void need_path(const Step& step) {
    try {
      for (std::string& path : ensure_host_path(step.name, step.path_type))
        paths_.push_back(std::move(path));
    } catch (base::Error& error) {
      error.during(step.where);
      throw;
    }
  }

  void make_container(const Step& step) {
    containers::Options options = step.container;
    options.pod = made_.back().id;
    const containers::Container container = containers::create(home_, options);
    if (is_main(container)) played_.back().containers.push_back(container.id);
  }

  void start(const Step& step) {
    const pods::Pod pod = pods::get(home_, step.name);
    const bool is_new = std::any_of(made_.begin(), made_.end(),
                                    [&](const pods::Pod& made) { return made.id == pod.id; });
    if (!is_new && !is_up(pods::status_of(home_, pod))) started_.push_back(pod);
    try {
      pods::start(home_, pod, std::exchange(recruit_, std::nullopt));
    } catch (const base::Error& error) {
      throw base::Error(error.what() + failures(pod));
    }
    if (!is_new) finish(pod, "started");
  }

  std::string failures(const pods::Pod& pod) const {
    std::string out;
    for (const containers::Container& container : pods::members(home_, pod)) {
      const containers::State state = containers::state_of(home_, container);
      if (!state.is_running() && state.exit_code != 0) out += last_words(home_, container);
    }
    return out;
  }

  void finish(const pods::Pod& pod, const std::string& outcome) {
    Played played{.id = pod.id, .name = pod.name, .outcome = outcome, .containers = {}};
    for (const containers::Container& container : pods::members(home_, pod)) {
      if (is_main(container)) played.containers.push_back(container.id);
    }
    played_.push_back(std::move(played));
  }

  const home::Home& home_;
  std::optional<containers::Recruit> recruit_;  // for the first pod that is started
  std::vector<pods::Pod> made_;
  std::vector<pods::Pod> started_;  // which were there before
  std::vector<std::string> paths_;
  std::vector<std::string> replaced_;
  std::vector<Played> played_;
};

// Who plays a pod of the same name at the same time comes after us, and finds it made.
std::vector<sys::Lock> take_turns(const home::Home& home, const std::vector<Pod>& pods) {
  std::set<std::string> names;  // in order, lest two wait for each other
  for (const Pod& pod : pods)
    names.insert(pod.name);
  std::vector<sys::Lock> turns;
  turns.reserve(names.size());
  for (const std::string& name : names)
    turns.push_back(sys::Lock::take_name(home.runtime + "/plays", name));
  return turns;
}

std::optional<containers::Recruit> recruit_for(const home::Home& home,
                                               const std::vector<Step>& steps) {
  const bool starts = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.kind == Step::Kind::StartPod;
  });
  if (!starts) return std::nullopt;
  return containers::Recruit::enlist(home);
}

bool has_ended(const home::Home& home, const Played& played) {
  const auto pod = pods::find(home, played.id);
  return !pod || !is_up(pods::status_of(home, *pod));
}

}  // namespace

std::vector<Step> plan(const home::Home& home, const std::vector<Pod>& pods,
                       const PlayOptions& options) {
  std::vector<Step> steps;
  for (const Pod& pod : pods) {
    const auto there = pods::find(home, pod.name);
    const bool is_there = there && there->name == pod.name;
    const auto next = is_there ? continue_with(home, *there, pod, options) : std::nullopt;
    if (next) {
      steps.push_back(*next);
      continue;
    }
    for (Step& step : make_steps(pod, options)) {
      // The old one goes when all that the new one needs is at hand.
      if (is_there && step.kind == Step::Kind::MakePod) {
        steps.push_back(step_of(Step::Kind::RemovePod, pod.name));
      }
      if (step.pull.policy == images::PullPolicy::Newer && is_made_here(home, step.name)) {
        step.pull.policy = images::PullPolicy::Missing;
      }
      steps.push_back(std::move(step));
    }
  }
  // What may be missing is looked for before anything is touched.
  std::stable_partition(steps.begin(), steps.end(), [](const Step& step) {
    return step.kind == Step::Kind::NeedImage || step.kind == Step::Kind::NeedPath;
  });
  return steps;
}

std::vector<Played> play(const home::Home& home, const std::vector<Pod>& pods,
                         const PlayOptions& options) {
  sys::Interruption interruption;
  const std::vector<sys::Lock> turns = take_turns(home, pods);
  const std::vector<Step> steps = plan(home, pods, options);
  Walk walk(home, recruit_for(home, steps));
  try {
    for (const Step& step : steps) {
      interruption.check();
      walk.step(step);
    }
  } catch (...) {
    walk.back();
    if (const auto signal = interruption.signal()) {
      throw base::Error("interrupted by " + sys::signal_name(*signal), 128 + *signal);
    }
    throw;
  }
  return walk.played();
}

void wait_for_end(const home::Home& home, const std::vector<Played>& played) {
  constexpr int kInterval = 200;  // milliseconds
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  pollfd wake{.fd = signals.file().get(), .events = POLLIN, .revents = 0};
  while (!std::all_of(played.begin(), played.end(),
                      [&](const Played& pod) { return has_ended(home, pod); })) {
    if (::poll(&wake, 1, kInterval) > 0 && signals.next()) return;
  }
}

}  // namespace kube
