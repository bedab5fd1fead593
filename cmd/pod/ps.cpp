#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/ps_rows.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/sys/tty.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include <unistd.h>

namespace pod {
namespace {

constexpr const char* kClear = "\x1b[H\x1b[2J";

struct PsFlags {
  bool all = false;
  bool quiet = false;
  bool no_heading = false;
  bool latest = false;
  std::int64_t last = -1;
  std::int64_t watch = 0;
  std::string format;
  std::string sort = "created";
  std::vector<std::string> filters;
  PsShape shape;

  void declare(cli::Options& options) {
    options.flag("-a,--all", all, "Those that do not run as well")
        .values("-f,--filter", filters, "Those that fit KEY=VALUE")
        .value("--format", format, "json, or a Go template")
        .value("-n,--last", last, "The newest ones, so many")
        .flag("-l,--latest", latest, "The newest one")
        .flag("--no-trunc", shape.whole, "Show ids and commands in full")
        .flag("--noheading", no_heading, "Leave out the headings")
        .flag("-p,--pod", shape.pods, "Show their pods")
        .flag("-q,--quiet", quiet, "Show ids only")
        .flag("-s,--size", shape.size, "Show how much they have written")
        .value("--sort", sort, "command, created, id, image, names, runningfor, size, status")
        .flag("--ns,--namespace", shape.namespaces, "Show their namespaces")
        .value("-w,--watch", watch, "Show the list again and again, every so many seconds")
        .ignore_flags("--sync,--external,--storage");
  }

  void check() const {
    if (quiet && shape.size) throw base::Error("--quiet cannot be used with --size");
    if (quiet && shape.namespaces) throw base::Error("--quiet cannot be used with --ns");
    if (shape.size && shape.namespaces) throw base::Error("--size cannot be used with --ns");
    if (latest && last >= 0) throw base::Error("--last cannot be used with --latest");
    if (watch < 0) throw base::Error("--watch: must not be negative");
  }

  std::string table() const {
    if (shape.namespaces) {
      return "table {{.ID}}\t{{.Names}}\t{{.Pid}}\t{{.CGROUPNS}}\t{{.IPC}}\t{{.MNT}}\t{{.NET}}"
             "\t{{.PIDNS}}\t{{.USERNS}}\t{{.UTS}}";
    }
    std::string text =
        "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.CreatedHuman}}\t{{.Status}}\t{{.Ports}}\t"
        "{{.Names}}";
    if (shape.pods) text += "\t{{.Pod}}\t{{.PodName}}";
    if (shape.size) text += "\t{{.Size}}";
    return text;
  }
};

std::vector<containers::Container> choose(const home::Home& home, const PsFlags& flags) {
  const bool names_state =
      std::any_of(flags.filters.begin(), flags.filters.end(), [](const std::string& filter) {
        return filter.starts_with("status=") || filter.starts_with("exited=");
      });
  const std::int64_t last = flags.latest ? 1 : flags.last;
  std::vector<std::string> filters = flags.filters;
  if (!flags.all && !names_state && last <= 0) {  // as the peers: what is paused does not run
    filters.insert(filters.end(), {"status=running", "status=stopping"});
  }
  std::vector<containers::Container> chosen = containers::select(home, filters, false);
  const auto count = static_cast<std::int64_t>(chosen.size());
  if (last > 0 && count > last) chosen.erase(chosen.begin(), chosen.end() - last);
  return chosen;
}

void sort_rows(base::Json::Array& rows, const std::string& key) {
  static const std::map<std::string, const char*> kFields = {
      {"command", "Command()"}, {"created", "Created"}, {"id", "Id"},
      {"image", "Image"},       {"names", "Names()"},   {"runningfor", "Created"},
      {"size", "SizeRw()"},     {"status", "Status()"},
  };
  const auto field = kFields.find(key);
  if (field == kFields.end()) {
    throw base::Error("--sort: " + key +
                      ": not one of command, created, id, image, names, runningfor, size, status");
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const base::Json& a, const base::Json& b) {
    const base::Json& left = a.at(field->second);
    const base::Json& right = b.at(field->second);
    if (left.is_integer()) return left.as_integer() < right.as_integer();
    return left.as_string() < right.as_string();
  });
}

std::string listing_of(const home::Home& home, const PsFlags& flags) {
  cli::Listing listing;
  listing.headings = {{"ID", "CONTAINER ID"},     {"Pod", "POD ID"},  {"PodName", "PODNAME"},
                      {"CGROUPNS", "CGROUPNS"},   {"PIDNS", "PIDNS"}, {"USERNS", "USERNS"},
                      {"CreatedHuman", "CREATED"}};
  listing.has_heading = !flags.no_heading;
  listing.rows = ps_rows(home, choose(home, flags), flags.shape);
  sort_rows(listing.rows, flags.sort);
  std::string format = flags.format;
  if (format.empty()) format = flags.quiet ? "{{.ID}}" : flags.table();  // a template counts more
  return cli::format_rows(format, listing);
}

}  // namespace

int ps(Arguments arguments) {
  PsFlags flags;
  cli::Options options("List containers");
  flags.declare(options);
  options.parse(arguments);
  flags.check();

  const home::Home home = home::Home::open();
  while (true) {
    const std::string list = listing_of(home, flags);
    cli::print(flags.watch > 0 && sys::is_terminal(STDOUT_FILENO) ? std::string(kClear) + list
                                                                  : list);
    if (flags.watch == 0) return 0;
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds(flags.watch));
  }
}

}  // namespace pod
