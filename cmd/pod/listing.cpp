#include "cmd/pod/listing.hpp"

#include "pkg/base/id.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/pods/pod.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace pod {
namespace {

constexpr std::int64_t kGoZeroTime = -62135596800;
constexpr std::int64_t kSecond = 1'000'000'000;

std::chrono::nanoseconds since(base::Time time) {
  return std::chrono::nanoseconds(std::max<std::int64_t>(0, base::now() - time));
}

std::string span(std::uint16_t first, std::uint16_t count) {
  return count > 1 ? fmt::format("{}-{}", first, first + count - 1) : fmt::format("{}", first);
}

}  // namespace

std::string ago(base::Time time) {
  return base::human_duration(since(time)) + " ago";
}

std::int64_t unix_seconds(base::Time time) {
  return time == 0 ? kGoZeroTime : time / kSecond;
}

base::Time whole_seconds(base::Time time) {
  return time / kSecond * kSecond;
}

std::vector<network::PortMapping> ports_of(const home::Home& home,
                                           const containers::Container& container) {
  if (container.pod.empty()) return container.options.network.ports;
  const std::optional<pods::Pod> pod = pods::find(home, container.pod);
  return pod ? pod->options.network.ports : std::vector<network::PortMapping>();
}

std::string ports_text(const std::vector<network::PortMapping>& ports) {
  std::vector<std::string> parts;
  for (const network::PortMapping& port : ports) {
    parts.push_back(fmt::format("{}:{}->{}/{}", port.host_ip.empty() ? "0.0.0.0" : port.host_ip,
                                span(port.host_port, port.range),
                                span(port.container_port, port.range), port.protocol));
  }
  return base::join(parts, ", ");
}

std::string status_text(const containers::State& state) {
  using containers::Status;
  switch (state.status) {
    case Status::Running:
      return "Up " + base::human_duration(since(state.started));
    case Status::Exited:
      return fmt::format("Exited ({}) {}", state.exit_code, ago(state.finished));
    case Status::Created:
      return "Created";
    case Status::Paused:
      return "Paused";
    case Status::Stopping:
      return "Stopping";
    case Status::Removing:
      return "Removing";
  }
  return "";
}

std::string tight_size(std::int64_t bytes) {
  std::string text = base::human_size(bytes);
  std::erase(text, ' ');
  return text;
}

std::string short_unless(bool whole, const std::string& id) {
  return whole ? id : base::short_id(id);
}

}  // namespace pod
