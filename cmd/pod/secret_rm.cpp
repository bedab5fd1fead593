#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/events/log.hpp"
#include "storage/secret_store.hpp"

namespace pod {

int secret_rm(Arguments arguments) {
  bool all = false;
  bool ignore = false;
  std::vector<std::string> names;

  cli::Options options("Remove secrets");
  options.flag("-a,--all", all, "All secrets")
      .flag("-i,--ignore", ignore, "A missing one is no error")
      .rest("SECRET", names);
  options.parse(arguments);
  if (all != names.empty()) throw base::Error("name a secret, or use --all");

  const home::Home home = home::Home::open();
  const storage::SecretStore store{storage::Layout(home)};
  if (all) {
    for (const storage::Secret& secret : store.list())
      names.push_back(secret.name);
  }
  Outcome outcome(arguments.command);
  for (const std::string& name : names) {
    outcome.attempt([&] {
      if (ignore && !store.find(name)) return;
      const storage::Secret secret = store.get(name);
      store.remove(secret);
      events::note(home, "remove", {.type = "secret", .id = secret.id, .name = secret.name});
      cli::print(secret.id + "\n");
    });
  }
  return outcome.status();
}

int secret_exists(Arguments arguments) {
  std::string name;

  cli::Options options("Tell by the exit code whether a secret exists: 0 yes, 1 no");
  options.argument("SECRET", name);
  options.parse(arguments);

  return storage::SecretStore(storage::Layout(home::Home::open())).find(name) ? 0 : 1;
}

}  // namespace pod
