#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"
#include "pkg/bundle/store.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace pod_runtime {
namespace {

struct Row {
  bundle::Container container;
  bundle::Status status;

  pid_t pid() const { return status == bundle::Status::Stopped ? 0 : container.process.pid; }
};

void print_json(const std::vector<Row>& rows) {
  base::Json all = base::Json::array();
  for (const Row& row : rows) {
    base::Json json = base::Json::object({{"ociVersion", oci::kSpecVersion},
                                          {"id", row.container.id},
                                          {"pid", static_cast<std::int64_t>(row.pid())},
                                          {"status", bundle::status_word(row.status)},
                                          {"bundle", row.container.bundle},
                                          {"rootfs", row.container.rootfs}});
    json["created"] = base::rfc3339_utc(row.container.created);
    json["owner"] = row.container.owner;
    all.push_back(std::move(json));
  }
  fmt::print("{}\n", all.dump());
}

void print_table(const std::vector<Row>& rows) {
  std::size_t id = 12;
  std::size_t folder = 12;
  for (const Row& row : rows) {
    id = std::max(id, row.container.id.size() + 2);
    folder = std::max(folder, row.container.bundle.size() + 2);
  }
  const auto line = [&](const std::string& name, const std::string& pid, const std::string& status,
                        const std::string& where, const std::string& rest) {
    fmt::print("{:<{}}{:<10}{:<12}{:<{}}{}\n", name, id, pid, status, where, folder, rest);
  };
  line("ID", "PID", "STATUS", "BUNDLE", fmt::format("{:<32}{}", "CREATED", "OWNER"));
  for (const Row& row : rows) {
    line(row.container.id, std::to_string(row.pid()), bundle::status_word(row.status),
         row.container.bundle,
         fmt::format("{:<32}{}", base::rfc3339_utc(row.container.created), row.container.owner));
  }
}

}  // namespace

int list(const Global& global, const cli::Arguments& arguments) {
  bool quiet = false;
  std::string format = "table";

  cli::Options options("List the containers");
  options.flag("-q,--quiet", quiet, "Only the ids").value("-f,--format", format, "table or json");
  options.parse(arguments);
  if (format != "table" && format != "json") {
    throw base::Error("list: --format " + format + ": expected table or json");
  }

  std::vector<Row> rows;
  for (bundle::Container& container : bundle::load_all(global.root)) {
    const bundle::Status status = bundle::status_of(container);
    rows.push_back({std::move(container), status});
  }
  if (quiet) {
    for (const Row& row : rows)
      fmt::print("{}\n", row.container.id);
  } else if (format == "json") {
    print_json(rows);
  } else {
    print_table(rows);
  }
  return 0;
}

}  // namespace pod_runtime
