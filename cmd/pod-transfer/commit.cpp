#include "pkg/transfer/commit.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/events/log.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

namespace pod_transfer {
namespace {

transfer::Format format_of(const std::string& word) {
  if (word == "oci") return transfer::Format::Oci;
  if (word == "docker") return transfer::Format::Docker;
  throw base::Error("--format: " + word + ": not one of oci, docker");
}

}  // namespace

int commit(const cli::Arguments& arguments) {
  transfer::CommitOptions commit;
  std::string format = "oci";
  std::string id_file;
  bool quiet = false;
  std::vector<std::string> words;

  cli::Options options("Make an image of a container");
  options.value("-a,--author", commit.author, "Author of the image")
      .values("-c,--change", commit.changes, "Instruction on the configuration: CMD, ENV, USER ...")
      .value("-f,--format", format, "oci or docker")
      .value("--iidfile", id_file, "File that the image's id is written to")
      .flag("--include-volumes", commit.include_volumes, "Volumes become the image's")
      .value("-m,--message", commit.message, "Comment in the image's history")
      .flag("-p,--pause", commit.pause, "Freeze the container meanwhile")
      .flag("-q,--quiet", quiet, "Nothing but the image's id; there is nothing else")
      .flag("-s,--squash", commit.squash, "One layer of all there is")
      .refuse("--config")
      .rest("CONTAINER [IMAGE]", words, 1);
  options.parse(arguments);

  if (words.size() > 2) throw base::Error("commit: too many arguments: CONTAINER [IMAGE]");
  commit.container = words[0];
  if (words.size() == 2) commit.name = words[1];
  commit.format = format_of(format);
  const home::Home home = home::Home::open();
  const std::string id = transfer::commit(home, commit);
  if (const auto container = containers::find(home, commit.container)) {
    events::note(home, "commit", containers::subject_of(*container));
  }
  if (!id_file.empty()) sys::replace_file(id_file, "sha256:" + id);
  fmt::print("{}\n", id);
  return 0;
}

}  // namespace pod_transfer
