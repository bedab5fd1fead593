#include "pkg/transfer/import.hpp"

#include "pkg/base/error.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/transfer/changes.hpp"
#include "pkg/transfer/file_source.hpp"
#include "pkg/transfer/publish.hpp"
#include "pkg/transfer/store.hpp"
#include "pkg/transfer/url.hpp"

namespace transfer {
namespace {

std::string source_of(const ImportOptions& options) {
  return options.archive == "-" ? "standard input" : options.archive;
}

oci::ImageConfig config_of(const ImportOptions& options) {
  oci::ImageConfig config;
  config.platform = options.platform;
  config.created = base::now();
  for (const std::string& change : options.changes)
    apply_change(config, change);
  config.history = {{.created = config.created,
                     .created_by = "import of " + source_of(options),
                     .comment = options.message,
                     .author = "",
                     .empty_layer = false}};
  return config;
}

AddedLayer unpack(const Store& store, const ImportOptions& options, sys::Fd archive) try {
  return add_layer(store, std::make_unique<FileSource>(std::move(archive)), "");
} catch (base::Error& error) {
  error.during(source_of(options));
  throw;
}

}  // namespace

std::string import_archive(const home::Home& home, const ImportOptions& options) {
  // Whatever the user got wrong is found before the work begins.
  oci::ImageConfig config = config_of(options);
  std::vector<std::string> names;
  if (!options.name.empty()) names.push_back(images::local_name(options.name));
  sys::Fd archive =
      is_url(options.archive) ? fetch_url(home, options.archive) : open_input(options.archive);

  const Store store = open_store(home);
  const AddedLayer added = unpack(store, options, std::move(archive));
  const storage::Layer& layer = added.layer;
  config.diff_ids = {oci::Digest::parse(layer.diff_id)};
  return publish(store,
                 {.id = "",
                  .manifest_digest = "",
                  .repo_digests = {},
                  .layers = {layer.id},
                  .size = layer.size,
                  .config = config,
                  .names = {}},
                 describe(config.json().dump(), as_plain(store, {layer})), names);
}

}  // namespace transfer
