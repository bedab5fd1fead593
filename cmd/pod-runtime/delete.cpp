#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/bundle/lifecycle.hpp"
#include "pkg/sys/file.hpp"

#include <regex.h>

namespace pod_runtime {
namespace {

class Pattern {
 public:
  explicit Pattern(const std::string& text) {
    if (::regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      throw base::Error("delete: --regex " + text + ": not an expression as regex(7) has them", 1);
    }
  }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern() { ::regfree(&compiled_); }

  bool matches(const std::string& text) const {
    return ::regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
};

int delete_matching(const std::string& root, const std::string& text, bool force) {
  const Pattern pattern(text);
  int status = 0;
  for (const bundle::Container& container : bundle::load_all(root)) {
    if (!pattern.matches(container.id)) continue;
    try {
      bundle::remove(container, force);
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
      status = 1;
    }
  }
  return status;
}

}  // namespace

int delete_container(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  bool force = false;
  bool is_pattern = false;

  cli::Options options("Remove a container that has stopped");
  options.flag("-f,--force", force, "Kill it first; fine when there is none")
      .flag("-r,--regex", is_pattern, "CONTAINER is an expression; delete all that match")
      .argument("CONTAINER", id);
  options.parse(arguments);

  if (is_pattern) return delete_matching(global.root, id, force);
  if (force && !sys::exists(global.root + "/" + id)) return 0;
  bundle::remove(bundle::load(global.root, id), force);
  return 0;
}

}  // namespace pod_runtime
