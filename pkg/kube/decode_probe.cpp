#include "pkg/kube/decode_probe.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace kube {
namespace {

constexpr std::int64_t kMostSeconds = 31'536'000;  // a year

// A number, or the name of one of the container's ports; "" when it is neither.
std::string port_of(const Reader& action, const Container& container) {
  const Reader reader = action.at("port");
  const std::string text = reader.text();
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
    const auto number = reader.number();
    if (!number || *number < 1 || *number > 65535) reader.error(text + " is not a port");
    return text;
  }
  const auto named = std::find_if(container.ports.begin(), container.ports.end(),
                                  [&](const Port& port) { return port.name == text; });
  if (named != container.ports.end()) return std::to_string(named->container_port);
  if (reader) reader.error(fmt::format("there is no port {}", text));
  return "";
}

std::string host_of(const Reader& action) {
  const std::string host = action.text("host");
  return host.empty() ? "localhost" : host;
}

std::vector<std::string> http_test(const Reader& action, const Container& container) {
  if (action.text("scheme") == "HTTPS") {
    action.at("scheme").notice("not supported yet: only whether the port answers is looked at");
    return {"TCP", host_of(action), port_of(action, container)};
  }
  const std::string path = action.text("path");
  std::vector<std::string> test = {"HTTP", host_of(action), port_of(action, container),
                                   path.starts_with('/') ? path : "/" + path};
  for (const Reader& header : action.at("httpHeaders").items()) {
    std::string line = header.text("name") + ": " + header.text("value");
    if (line.find_first_of("\r\n") != std::string::npos) header.error("has a line end in it");
    test.push_back(std::move(line));
  }
  return test;
}

std::vector<std::string> exec_test(const Reader& action) {
  std::vector<std::string> test = action.texts("command");
  if (test.empty()) action.error("has no command");
  test.insert(test.begin(), "CMD");
  return test;
}

// Nothing when it is of a kind that we do not have.
std::vector<std::string> test_of(const Reader& probe, const Container& container) {
  std::vector<std::string> kinds;
  for (const char* kind : {"exec", "httpGet", "tcpSocket", "grpc"}) {
    if (probe.at(kind)) kinds.emplace_back(kind);
  }
  if (kinds.size() != 1) {
    probe.error("has to have one of exec, httpGet, tcpSocket, grpc");
    return {};
  }
  const Reader action = probe.at(kinds.front());
  if (kinds.front() == "exec") return exec_test(action);
  if (kinds.front() == "httpGet") return http_test(action, container);
  if (kinds.front() == "tcpSocket") {
    return {"TCP", host_of(action), port_of(action, container)};
  }
  action.notice("not supported yet: the probe is left out");
  return {};
}

// As in Kubernetes 0 is the default, too.
std::int64_t number_or(const Reader& probe, const char* key, std::int64_t otherwise) {
  const std::int64_t number = probe.number(key, 0, kMostSeconds).value_or(0);
  return number == 0 ? otherwise : number;
}

std::optional<Probe> decode_probe(const Reader& reader, const Container& container) {
  if (!reader || reader.node()->is_empty()) return std::nullopt;
  Probe probe;
  probe.test = test_of(reader, container);
  probe.initial_delay = number_or(reader, "initialDelaySeconds", probe.initial_delay);
  probe.period = number_or(reader, "periodSeconds", probe.period);
  probe.timeout = number_or(reader, "timeoutSeconds", probe.timeout);
  probe.failure_threshold = number_or(reader, "failureThreshold", probe.failure_threshold);
  probe.success_threshold = number_or(reader, "successThreshold", probe.success_threshold);
  if (const Reader grace = reader.at("terminationGracePeriodSeconds")) {
    grace.notice("not supported yet: the pod's counts");
  }
  if (probe.test.empty()) return std::nullopt;
  return probe;
}

}  // namespace

void decode_probes(const Reader& reader, Container& container) {
  container.liveness = decode_probe(reader.at("livenessProbe"), container);
  container.readiness = decode_probe(reader.at("readinessProbe"), container);
  container.startup = decode_probe(reader.at("startupProbe"), container);
  if (container.liveness && container.readiness) {
    reader.at("readinessProbe")
        .notice("ignored: livenessProbe tells the health, and nobody sends requests by this one");
  }
}

}  // namespace kube
