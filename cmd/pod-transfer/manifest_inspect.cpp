#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/registry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/transfer/lists.hpp"
#include "pkg/transfer/remote.hpp"

#include <fmt/core.h>

#include <optional>

namespace pod_transfer {
namespace {

// "docker://NAME" is never looked for here.
std::optional<images::FoundList> find_here(const home::Home& home, const std::string& name) {
  if (name.starts_with("docker://")) return std::nullopt;
  return images::find_list(home, name);
}

}  // namespace

int manifest_inspect(const cli::Arguments& arguments) {
  RegistryFlags registry;
  bool insecure = false;
  std::string name;

  cli::Options options("Show a manifest list, or what a registry has by a name");
  registry.declare(options);
  options.flag("--insecure", insecure, "As --tls-verify=false")
      .hidden()
      .refuse("-v,--verbose")
      .argument("LIST", name);
  options.parse(arguments);
  if (insecure) registry.access.tls_verify = false;

  const home::Home home = home::Home::open();
  const auto found = find_here(home, name);
  const std::string bytes =
      found ? transfer::index_document(found->list, transfer::is_docker_list(found->list)).bytes
            : transfer::open_remote(home, registry.take(), name).document.bytes;
  constexpr int kIndent = 4;
  fmt::print("{}\n", base::Json::parse(bytes).dump(kIndent));
  return 0;
}

}  // namespace pod_transfer
