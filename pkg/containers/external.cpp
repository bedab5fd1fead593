#include "pkg/containers/external.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/socket.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <sys/prctl.h>
#include <unistd.h>

namespace containers {
namespace {

constexpr const char* kConsole = "console";

// As podman finds out what a runtime means: from its words.
int status_of(const std::string& message) {
  const std::string text = base::lower(message);
  const auto has = [&](const char* words) { return text.find(words) != std::string::npos; };
  if (has("executable file") || has("no such file or directory")) return 127;
  if (has("permission denied") || has("operation not permitted") || has("is a directory")) {
    return 126;
  }
  return 125;
}

// The last line of its log: {"msg": ...}, or plain text.
std::string last_words(const std::string& path) {
  std::string last;
  for (const std::string& line : base::split(sys::find_file(path).value_or(""), '\n')) {
    if (!base::trim(line).empty()) last = line;
  }
  try {
    return base::Json::parse(last).string_or("msg", last);
  } catch (const base::Error&) {
    return last;
  }
}

// While this lives, who loses its parent below us becomes our child.
class TakesInOrphans {
 public:
  TakesInOrphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
  TakesInOrphans(const TakesInOrphans&) = delete;
  TakesInOrphans& operator=(const TakesInOrphans&) = delete;
  ~TakesInOrphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); }
};

}  // namespace

External::~External() {
  if (!is_made_) return;
  try {
    call(words({"delete", "--force", where_.id}), {});
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

std::vector<std::string> External::words(std::initializer_list<std::string> command) const {
  std::vector<std::string> all = {
      where_.runtime, "--root", where_.state, "--log", where_.folder + "/runtime.log",
      "--log-format", "json"};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

void External::call(const std::vector<std::string>& words, const monitor::Streams& streams) const {
  sys::remove_file(where_.folder + "/runtime.log");
  const int status = sys::Child::spawn(words, {streams.in, streams.out, streams.err}).wait();
  if (status == 0) return;
  std::string why = last_words(where_.folder + "/runtime.log");
  if (why.empty()) why = fmt::format("ended with status {}", status);
  throw base::Error(where_.runtime + ": " + why, status_of(why));
}

// The bundle; returns who listens for a terminal.
sys::Fd External::prepare(const oci::Spec& spec, const Surroundings& around) {
  sys::make_dirs(where_.state, 0700);
  oci::Spec literal = literal_spec(spec, around, places_);
  literal.root_path = places_.add(around.root);
  sys::replace_file(where_.folder + "/config.json", literal.json().dump(2), 0600);
  return spec.process.terminal ? sys::listen_stream_at(where_.folder, kConsole) : sys::Fd();
}

runtime::Launched External::launch(const oci::Spec& spec, const Surroundings& around,
                                   const monitor::Streams& streams) {
  const sys::Fd listener = prepare(spec, around);
  const sys::Fd folder = sys::open_dir(where_.folder);
  const std::string pid_file = where_.folder + "/pid";
  std::vector<std::string> create =
      words({"create", "--bundle", where_.folder, "--pid-file", pid_file});
  if (listener) {
    // A path that fits into an address, whatever our folder is called.
    create.insert(create.end(), {"--console-socket", fmt::format("/proc/{}/fd/{}/{}", ::getpid(),
                                                                 folder.get(), kConsole)});
  }
  create.push_back(where_.id);
  const TakesInOrphans orphans;
  call(create, streams);
  is_made_ = true;
  const auto pid = base::parse_integer(base::trim(sys::read_file(pid_file)));
  if (!pid) throw base::Error(where_.runtime + ": wrote no process number");
  runtime::Launched launched;
  launched.pid = static_cast<pid_t>(*pid);
  launched.process = sys::open_child(launched.pid);
  if (!listener) return launched;
  const auto peer = sys::accept_from(listener);
  auto message = peer ? sys::receive_message(*peer) : std::nullopt;
  if (!message || message->files.empty()) {
    throw base::Error(where_.runtime + ": gave us no terminal");
  }
  launched.terminal = std::move(message->files.front());
  return launched;
}

void External::release() {
  call(words({"start", where_.id}), {});
}

}  // namespace containers
