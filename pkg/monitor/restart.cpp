#include "pkg/monitor/restart.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>

namespace monitor {

using std::chrono::milliseconds;

RestartPolicy RestartPolicy::parse(const std::string& text) {
  const auto [word, count] = base::split_once(text, ':');
  const auto number = count ? base::parse_integer(*count) : 0;
  const bool counts = word == "on-failure";
  if ((count && !counts) || !number || *number < 0) {
    throw base::Error("restart policy " + text +
                      ": only on-failure takes a number, as in on-failure:3");
  }
  if (counts) return {When::OnFailure, *number};
  if (word.empty() || word == "no" || word == "never") return {};
  if (word == "always") return {When::Always, 0};
  if (word == "unless-stopped") return {When::UnlessStopped, 0};
  throw base::Error("restart policy " + text +
                    ": not one of no, on-failure[:N], always, unless-stopped");
}

std::string RestartPolicy::text() const {
  switch (when) {
    case When::No:
      return "no";
    case When::OnFailure:
      return most > 0 ? "on-failure:" + std::to_string(most) : "on-failure";
    case When::Always:
      return "always";
    case When::UnlessStopped:
      return "unless-stopped";
  }
  return "";
}

bool RestartPolicy::wants_restart(int exit_code, std::int64_t restarts) const {
  if (when == When::OnFailure) return exit_code != 0 && (most == 0 || restarts < most);
  return when != When::No;
}

milliseconds BackOff::next(milliseconds last_run) {
  constexpr milliseconds kFirst{100};
  constexpr milliseconds kLongest{60'000};
  constexpr milliseconds kSettled{10'000};
  delay_ = last_run >= kSettled || delay_.count() == 0 ? kFirst : std::min(delay_ * 2, kLongest);
  return delay_;
}

}  // namespace monitor
