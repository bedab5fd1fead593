#include "cmd/cli/format.hpp"
#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/transfer/artifacts.hpp"

#include <fmt/core.h>

namespace pod_transfer {
namespace {

base::Json row_of(const storage::Artifact& artifact, bool whole) {
  const oci::Reference reference = oci::Reference::parse(artifact.name);
  std::int64_t size = 0;
  for (const oci::Descriptor& file : transfer::files_of(artifact))
    size += file.size;
  constexpr std::size_t kShort = 12;
  const std::string digits = artifact.digest.substr(artifact.digest.find(':') + 1);
  return base::Json::object({{"Repository", reference.name()},
                             {"Tag", reference.tag()},
                             {"Digest", whole ? artifact.digest : digits.substr(0, kShort)},
                             {"Size", base::human_size(size)},
                             {"VirtualSize", size}});
}

}  // namespace

int artifact_ls(const cli::Arguments& arguments) {
  std::string format = "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.Size}}";
  bool no_heading = false;
  bool whole = false;
  bool quiet = false;

  cli::Options options("List artifacts");
  options.value("--format", format, "json, or a Go template")
      .flag("-n,--noheading", no_heading, "No line of headings")
      .flag("--no-trunc", whole, "Show digests in full")
      .flag("-q,--quiet", quiet, "Only digests");
  options.parse(arguments);

  cli::Listing listing;
  listing.has_heading = !no_heading;
  for (const storage::Artifact& artifact :
       storage::ArtifactStore(storage::Layout(home::Home::open())).list()) {
    listing.rows.push_back(row_of(artifact, whole || format == "json"));
  }
  cli::print(cli::format_rows(quiet ? "{{.Digest}}" : format, listing));
  return 0;
}

int artifact_inspect(const cli::Arguments& arguments) {
  std::string format;
  std::string name;

  cli::Options options("Show everything about an artifact");
  options.value("-f,--format", format, "json, or a Go template").argument("ARTIFACT", name);
  options.parse(arguments);

  const storage::Artifact artifact =
      transfer::artifact_of(storage::Layout(home::Home::open()), name);
  const base::Json shown = base::Json::object({{"Manifest", base::Json::parse(artifact.manifest)},
                                               {"Name", artifact.name},
                                               {"Digest", artifact.digest}});
  constexpr int kIndent = 4;
  cli::print(format.empty() || format == "json" ? shown.dump(kIndent) + "\n"
                                                : cli::format_object(format, shown));
  return 0;
}

int artifact_rm(const cli::Arguments& arguments) {
  std::vector<std::string> names;
  bool all = false;
  bool ignore = false;

  cli::Options options("Remove artifacts");
  options.flag("-a,--all", all, "All of them")
      .flag("-i,--ignore", ignore, "No error for artifacts that are not there")
      .rest("ARTIFACT", names);
  options.parse(arguments);
  if (names.empty() != all) throw base::Error("artifact rm: expected either ARTIFACT... or --all");

  const home::Home home = home::Home::open();
  const storage::ArtifactStore store{storage::Layout(home)};
  if (all) {
    for (const storage::Artifact& one : store.list())
      names.push_back(one.name);
  }
  return for_each(names, [&](const std::string& name) {
    try {
      const storage::Artifact artifact = transfer::artifact_of(storage::Layout(home), name);
      store.remove(home, artifact.name);
      fmt::print("{}\n", artifact.digest.substr(artifact.digest.find(':') + 1));
    } catch (const base::Error& error) {
      if (!ignore || error.status() != 1) throw;
    }
  });
}

}  // namespace pod_transfer
