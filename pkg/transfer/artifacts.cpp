#include "pkg/transfer/artifacts.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/media_types.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/file_source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr const char* kTitle = "org.opencontainers.image.title";
constexpr std::string_view kNothing = "{}";  // image-spec, manifest.md, "empty descriptor"

struct Copied {
  std::string digest;
  std::int64_t size = 0;
};

Copied copy(const std::string& from, const sys::Fd& to) {
  FileSource source(sys::open_file(from));
  hash::Sha256 hasher;
  Copied copied;
  while (true) {
    const std::string_view piece = source.read();
    if (piece.empty()) break;
    hasher.update(piece);
    sys::write_all(to, piece);
    copied.size += static_cast<std::int64_t>(piece.size());
  }
  copied.digest = "sha256:" + hasher.finish();
  return copied;
}

base::Json empty_config() {
  return base::Json::object({{"mediaType", oci::kOciEmpty},
                             {"digest", "sha256:" + hash::sha256(kNothing)},
                             {"size", static_cast<std::int64_t>(kNothing.size())},
                             {"data", "e30="}});
}

base::Json begin_manifest(const ArtifactOptions& options) {
  const std::string type =
      options.type.empty() ? "application/vnd.unknown.artifact.v1" : options.type;
  return base::Json::object({{"schemaVersion", 2},
                             {"mediaType", oci::kOciManifest},
                             {"artifactType", type},
                             {"config", empty_config()},
                             {"layers", base::Json::array()}});
}

// Blobs that are here already get a second name in the new folder.
base::Json take_over(const storage::ArtifactStore& store, const storage::Artifact& former,
                     const storage::StagedArtifact& staged) {
  for (const oci::Descriptor& file : files_of(former)) {
    const std::string from = store.blob(former.name, file.digest.hex());
    const std::string to = staged.blob(file.digest.hex());
    if (::link(from.c_str(), to.c_str()) != 0 && !sys::exists(to)) throw base::SysError(from);
  }
  return base::Json::parse(former.manifest);
}

base::Json add_file(const std::string& file, const storage::StagedArtifact& staged,
                    const ArtifactOptions& options) {
  const std::string temporary = staged.path() + "/incoming";
  const Copied copied = copy(file, sys::open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  sys::rename_path(temporary, staged.blob(copied.digest.substr(copied.digest.find(':') + 1)));
  base::Json descriptor = base::Json::object(
      {{"mediaType", options.file_type.empty() ? "application/octet-stream" : options.file_type},
       {"digest", copied.digest},
       {"size", copied.size}});
  descriptor["annotations"][kTitle] = file.substr(file.rfind('/') + 1);
  for (const auto& [key, value] : options.annotations)
    descriptor["annotations"][key] = value;
  return descriptor;
}

void refuse_same_title(const base::Json& manifest, const base::Json& file) {
  const std::string title = title_of(oci::Descriptor::parse(file));
  for (const base::Json& one : manifest.array_or_none("layers")) {
    if (title_of(oci::Descriptor::parse(one)) != title) continue;
    throw base::Error(fmt::format("{}: the artifact has a file of this name already", title));
  }
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// Titles are foreign text and become names of files.
void check_title(const std::string& title) {
  const bool is_bad = title.empty() || title == "." || title == ".." ||
                      title.find('/') != std::string::npos || title.find('\0') != std::string::npos;
  if (is_bad) throw base::Error(fmt::format("\"{}\": not a name for a file", title));
}

std::vector<oci::Descriptor> chosen_files(const storage::Artifact& artifact, const Choice& choice) {
  std::vector<oci::Descriptor> files = files_of(artifact);
  std::erase_if(files, [&](const oci::Descriptor& file) {
    if (!choice.title.empty()) return title_of(file) != choice.title;
    return !choice.digest.empty() && file.digest.text() != choice.digest;
  });
  const std::string& wanted = choice.title.empty() ? choice.digest : choice.title;
  if (files.empty() && !wanted.empty()) {
    throw base::Error(fmt::format("{}: the artifact has no such file", wanted));
  }
  return files;
}

void extract(const std::string& blob, const oci::Descriptor& file, const std::string& target) {
  const std::string temporary = target + ".new-" + base::short_id(base::make_id());
  try {
    const Copied copied = copy(blob, sys::open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, 0644));
    if (copied.digest != file.digest.text()) {
      throw base::Error(
          fmt::format("{}: damaged here: its digest is {}", file.digest.text(), copied.digest));
    }
    sys::rename_path(temporary, target);
  } catch (const base::Error&) {
    sys::remove_file(temporary);
    throw;
  }
}

}  // namespace

std::string title_of(const oci::Descriptor& file) {
  const auto found = file.annotations.find(kTitle);
  return found == file.annotations.end() ? "" : found->second;
}

std::vector<oci::Descriptor> files_of(const storage::Artifact& artifact) {
  std::vector<oci::Descriptor> files;
  const base::Json manifest = base::Json::parse(artifact.manifest);
  for (const base::Json& one : manifest.array_or_none("layers"))
    files.push_back(oci::Descriptor::parse(one));
  return files;
}

storage::Artifact artifact_of(const storage::Layout& layout, const std::string& text) {
  const storage::ArtifactStore store(layout);
  try {
    for (const std::string& name : {images::local_name(text), oci::Reference::parse(text).text()}) {
      if (auto found = store.find(name)) return std::move(*found);
    }
  } catch (const base::Error&) {
    // Then it may be a digest.
  }
  const std::string digits = text.starts_with("sha256:") ? text.substr(7) : text;
  constexpr std::size_t kShortest = 3;
  if (base::is_id_prefix(digits) && digits.size() >= kShortest) {
    for (storage::Artifact& one : store.list()) {
      if (one.digest.starts_with("sha256:" + digits)) return std::move(one);
    }
  }
  throw base::Error(text + ": no such artifact here", 1);
}

std::string add_artifact(const home::Home& home, const std::string& text,
                         const std::vector<std::string>& files, const ArtifactOptions& options) {
  const storage::Layout layout(home);
  const storage::ArtifactStore store(layout);
  const std::string name = images::local_name(text);
  const auto lock = store.lock(name);
  const auto former = store.find(name);
  if (former && !options.append && !options.replace) {
    throw base::Error(name +
                      ": there is such an artifact: --append adds to it, --replace replaces it");
  }
  if (!former && options.append) throw base::Error(name + ": no such artifact here");
  storage::StagedArtifact staged(layout);
  base::Json manifest =
      options.append ? take_over(store, *former, staged) : begin_manifest(options);
  for (const std::string& file : files) {
    base::Json added = add_file(file, staged, options);
    refuse_same_title(manifest, added);
    manifest["layers"].push_back(std::move(added));
  }
  const std::string bytes = manifest.dump();
  const std::string digest = "sha256:" + hash::sha256(bytes);
  staged.publish(home, {.name = name, .digest = digest, .manifest = bytes});
  return digest;
}

void extract_artifact(const storage::Layout& layout, const storage::Artifact& artifact,
                      const std::string& target, const Choice& choice) {
  const storage::ArtifactStore store(layout);
  const std::vector<oci::Descriptor> files = chosen_files(artifact, choice);
  const bool into_folder = is_folder(target);
  if (!into_folder && files.size() != 1) {
    throw base::Error(
        fmt::format("{}: not a folder, and the artifact has {} files", target, files.size()));
  }
  for (const oci::Descriptor& file : files) {
    std::string title = title_of(file);
    if (title.empty()) title = fmt::format("sha256-{}", file.digest.hex());
    if (into_folder) check_title(title);
    extract(store.blob(artifact.name, file.digest.hex()), file,
            into_folder ? target + "/" + title : target);
  }
}

}  // namespace transfer
