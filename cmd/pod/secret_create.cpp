#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/events/log.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/tty.hpp"
#include "storage/secret_store.hpp"

#include <fmt/core.h>

#include <cstdlib>

namespace pod {
namespace {

std::string read_value(const std::string& source, bool is_variable) {
  if (is_variable) {
    const char* const value = std::getenv(source.c_str());
    if (value == nullptr) throw base::Error("--env: there is no variable " + source);
    return value;
  }
  if (source != "-") return sys::read_file(source, storage::SecretStore::kLargest);
  if (sys::is_terminal(STDIN_FILENO)) {
    throw base::Error("standard input is a terminal: give a file, or pipe the secret in");
  }
  return sys::read_all(sys::Fd(STDIN_FILENO), storage::SecretStore::kLargest);
}

}  // namespace

int secret_create(Arguments arguments) {
  storage::Secret secret;
  std::string source;
  std::string driver = "file";
  std::vector<std::string> driver_options;
  std::vector<std::string> labels;
  bool is_variable = false;
  bool ignore = false;
  bool replace = false;

  cli::Options options("Keep a secret");
  options.value("-d,--driver", driver, "file, which is the only one")
      .list("--driver-opts", driver_options, "Options of the driver, which has none")
      .flag("--env", is_variable, "SOURCE is the name of a variable that holds it")
      .flag("--ignore", ignore, "One that is there already is no error")
      .values("-l,--label", labels, "Label: KEY[=VALUE]")
      .flag("--replace", replace, "Instead of the one that is there")
      .argument("NAME", secret.name)
      .argument("SOURCE", source);
  options.parse(arguments);
  if (driver != "file") throw base::Error("--driver: " + driver + ": only file is known");
  if (!driver_options.empty()) {
    throw base::Error("--driver-opts: " + driver_options.front() + ": the driver file has none");
  }
  for_each_value("--label", labels, [&](const auto& text) { add_pair(secret.labels, text); });

  const home::Home home = home::Home::open();
  const storage::SecretStore store{storage::Layout(home)};
  if (ignore && !replace) {
    if (const auto there = store.find(secret.name); there && there->name == secret.name) {
      cli::print(there->id + "\n");
      return 0;
    }
  }
  const std::string id = store.create(secret, read_value(source, is_variable), replace).id;
  events::note(home, "create", {.type = "secret", .id = id, .name = secret.name});
  cli::print(id + "\n");
  return 0;
}

}  // namespace pod
