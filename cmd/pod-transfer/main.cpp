#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/secret.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace pod_transfer {
namespace {

constexpr Command kCommands[] = {
    {"pull", pull},
    {"image pull", pull},
    {"push", push},
    {"image push", push},
    {"commit", commit},
    {"container commit", commit},
    {"export", export_container},
    {"container export", export_container},
    {"cp", cp},
    {"container cp", cp},
    {"save", save},
    {"image save", save},
    {"artifact add", artifact_add},
    {"artifact push", artifact_push},
    {"artifact pull", artifact_pull},
    {"artifact ls", artifact_ls},
    {"artifact inspect", artifact_inspect},
    {"artifact rm", artifact_rm},
    {"artifact extract", artifact_extract},
    {"manifest create", manifest_create},
    {"manifest add", manifest_add},
    {"manifest annotate", manifest_annotate},
    {"manifest inspect", manifest_inspect},
    {"manifest push", manifest_push},
    {"manifest remove", manifest_remove},
    {"manifest rm", manifest_rm},
    {"manifest exists", manifest_exists},
    {"load", load},
    {"image load", load},
    {"image import-store", image_import_store},
    {"additional-stores", additional_stores},  // for `pod`, which reads no TOML
    {"import", import_image},
    {"image import", import_image},
    {"login", login},
    {"logout", logout},
    {"search", search},
    {"image search", search},
    {"volume export", volume_export},
    {"volume import", volume_import},
    {"system check", system_check},
    {"system dedup", system_dedup},
    {"image sign", image_sign},
    {"image trust", image_trust},
};

struct Found {
  const Command* command = nullptr;
  std::size_t words = 0;  // of its name: "image load" comes as two words or as one
};

Found find(const std::vector<std::string>& words) {
  for (const Command& command : kCommands) {
    if (words.size() > 1 && words[0] + " " + words[1] == command.name) return {&command, 2};
  }
  for (const Command& command : kCommands) {
    if (!words.empty() && words[0] == command.name) return {&command, 1};
  }
  throw base::Error(words.empty() ? "no command: this program is started by pod"
                                  : words[0] + ": no such command of pod-transfer");
}

int run(const std::vector<std::string>& words) {
  const Found found = find(words);
  cli::Arguments arguments{.command = std::string(found.command->name), .words = {}};
  arguments.words.assign(words.begin() + static_cast<std::ptrdiff_t>(found.words), words.end());
  try {
    return found.command->run(arguments);
  } catch (base::Error& error) {
    const std::string step = arguments.command + ":";
    if (!std::string_view(error.what()).starts_with(step)) error.during(arguments.command);
    throw;
  }
}

void set_log_level() {
  const char* level = std::getenv("POD_LOG_LEVEL");
  if (level != nullptr) base::log::set_level(base::log::parse_level(level));
}

}  // namespace

}  // namespace pod_transfer

int main(int argc, char** argv) {
  ::umask(022);  // what containers see of our files, their users can read
  base::log::set_program("pod");
  try {
    sys::open_standard_streams();
    pod_transfer::set_log_level();
    const std::vector<std::string> words(argv + 1, argv + argc);
    sys::hide_secrets(argc, argv);
    const int status = pod_transfer::run(words);
    if (std::fflush(stdout) != 0) throw base::SysError("standard output");
    return status;
  } catch (const base::Error& error) {
    fmt::print(stderr, "pod: {}\n", error.what());
    return error.status();
  } catch (const std::exception& error) {
    fmt::print(stderr, "pod: {}\n", error.what());
    return 125;
  }
}
