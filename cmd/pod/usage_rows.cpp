#include "cmd/pod/usage_rows.hpp"

#include "cmd/cli/format.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include <unistd.h>

namespace pod {
namespace {

double share_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string percent(double value) {
  return fmt::format("{:.2f}%", value);
}

std::string pair_text(const std::optional<containers::Usage::Traffic>& traffic) {
  if (!traffic || (traffic->in == 0 && traffic->out == 0)) return "-- / --";
  return tight_size(traffic->in) + " / " + tight_size(traffic->out);
}

UsageTexts texts_of(const UsageWatch::Sample& sample) {
  const containers::Usage& usage = sample.usage;
  UsageTexts texts;
  texts.processor = percent(sample.processor);
  texts.processor_since_start = percent(sample.processor_since_start);
  texts.processor_time = base::format_duration(std::chrono::nanoseconds(usage.processor));
  texts.memory = tight_size(usage.memory) + " / " + tight_size(usage.memory_limit);
  texts.memory_binary =
      base::human_size_binary(usage.memory) + " / " + base::human_size_binary(usage.memory_limit);
  texts.memory_share = percent(share_of(usage.memory, usage.memory_limit));
  texts.network = pair_text(usage.network);
  texts.disk = pair_text(usage.disk);
  texts.processes = std::to_string(usage.processes);
  return texts;
}

// Over what stood there before, line by line: what is cleared first would flicker.
std::string in_place(const std::string& table) {
  std::string text = "\x1b[H";
  for (const std::string& line : base::split(table, '\n'))
    text += line + "\x1b[K\n";
  text.pop_back();
  return text + "\x1b[J";
}

}  // namespace

UsageWatch::Sample UsageWatch::look(const containers::Container& container) {
  Sample sample;
  sample.usage = containers::measure_usage(home_, container);
  const containers::Usage& now = sample.usage;
  if (now.is_running()) {
    sample.processor_since_start = share_of(now.processor, now.at - now.started);
    sample.processor = sample.processor_since_start;
    const auto before = last_.find(container.id);
    // One that has been restarted counts from nothing.
    if (before != last_.end() && before->second.started == now.started) {
      sample.processor =
          share_of(now.processor - before->second.processor, now.at - before->second.at);
    }
  }
  last_[container.id] = now;
  sample.texts = texts_of(sample);
  return sample;
}

void show_usage(const UsageShow& how, const std::function<std::string()>& make_table) {
  if (how.interval < 1) throw base::Error("--interval: at least 1 second");
  const bool redraws = !how.once && !how.keep && sys::is_terminal(STDOUT_FILENO);
  while (true) {
    const std::string table = make_table();
    cli::print(redraws ? in_place(table) : table);
    std::fflush(stdout);
    if (how.once) return;
    std::this_thread::sleep_for(std::chrono::seconds(how.interval));
  }
}

}  // namespace pod
