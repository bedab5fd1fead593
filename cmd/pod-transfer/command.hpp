#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/home/home.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pod_transfer {

struct Command {
  std::string_view name;  // "pull", "image load"
  int (*run)(const cli::Arguments& arguments);
};

// Each in its own file; in the order of the help.
int pull(const cli::Arguments& arguments);
int push(const cli::Arguments& arguments);
int commit(const cli::Arguments& arguments);
int export_container(const cli::Arguments& arguments);
int cp(const cli::Arguments& arguments);
int save(const cli::Arguments& arguments);
int artifact_add(const cli::Arguments& arguments);
int artifact_push(const cli::Arguments& arguments);
int artifact_pull(const cli::Arguments& arguments);
int artifact_ls(const cli::Arguments& arguments);
int artifact_inspect(const cli::Arguments& arguments);
int artifact_rm(const cli::Arguments& arguments);
int artifact_extract(const cli::Arguments& arguments);
int manifest_create(const cli::Arguments& arguments);
int manifest_add(const cli::Arguments& arguments);
int manifest_annotate(const cli::Arguments& arguments);
int manifest_remove(const cli::Arguments& arguments);
int manifest_rm(const cli::Arguments& arguments);
int manifest_exists(const cli::Arguments& arguments);
int manifest_inspect(const cli::Arguments& arguments);
int manifest_push(const cli::Arguments& arguments);
int load(const cli::Arguments& arguments);
int additional_stores(const cli::Arguments& arguments);
int image_import_store(const cli::Arguments& arguments);
int import_image(const cli::Arguments& arguments);
int login(const cli::Arguments& arguments);
int logout(const cli::Arguments& arguments);
int search(const cli::Arguments& arguments);
int system_check(const cli::Arguments& arguments);
int system_dedup(const cli::Arguments& arguments);
int volume_export(const cli::Arguments& arguments);
int volume_import(const cli::Arguments& arguments);
int image_sign(const cli::Arguments& arguments);
int image_trust(const cli::Arguments& arguments);

// Goes on after a failure; the last one is thrown, the others are printed before.
int for_each(const std::vector<std::string>& names,
             const std::function<void(const std::string& name)>& work);

// Puts on record that an image came in from an archive or a folder, by each of its names.
void note_loaded(const home::Home& home, const std::string& id,
                 const std::vector<std::string>& names);

}  // namespace pod_transfer
