#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/bundle/cgroups.hpp"
#include "pkg/bundle/create.hpp"

#include <string>
#include <string_view>
#include <vector>

// The command line that OCI runtimes have in common. A command is one file; they are listed in
// main.cpp.
namespace pod_runtime {

// What stands before the command's name.
struct Global {
  std::string root;  // of the containers; after `settle` never ""
  std::string log;
  std::string log_format = "text";
  bool debug = false;
  bundle::Cgroups cgroups = bundle::Cgroups::Files;
  std::vector<std::string> words;  // the command and what follows
};

// Takes the options before the command. Shows the help or the version and ends, when asked to.
Global parse_global(const std::vector<std::string>& words);

// An error for the log's reader and for whoever looks at standard error.
void report(const Global& global, const std::string& message);

struct Command {
  std::string_view name;
  int (*run)(const Global& global, const cli::Arguments& arguments);
  std::string_view summary;
};

// The options of `create` that `run` has, too.
void add_create_options(cli::Options& options, bundle::CreateOptions& create, bool& no_keyring);

int create(const Global& global, const cli::Arguments& arguments);
int delete_container(const Global& global, const cli::Arguments& arguments);
int events(const Global& global, const cli::Arguments& arguments);
int exec(const Global& global, const cli::Arguments& arguments);
int features(const Global& global, const cli::Arguments& arguments);
int kill(const Global& global, const cli::Arguments& arguments);
int list(const Global& global, const cli::Arguments& arguments);
int pause(const Global& global, const cli::Arguments& arguments);
int ps(const Global& global, const cli::Arguments& arguments);
int resume(const Global& global, const cli::Arguments& arguments);
int run(const Global& global, const cli::Arguments& arguments);
int spec(const Global& global, const cli::Arguments& arguments);
int start(const Global& global, const cli::Arguments& arguments);
int state(const Global& global, const cli::Arguments& arguments);
int update(const Global& global, const cli::Arguments& arguments);

// In the order of the help.
std::string overview();

}  // namespace pod_runtime
