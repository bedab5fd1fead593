#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/transfer/check.hpp"
#include "pkg/userns/enter.hpp"

#include <fmt/core.h>

namespace pod_transfer {
namespace {

void print_damage(const char* kind, const transfer::Damage& damage) {
  for (const auto& [id, faults] : damage) {
    fmt::print("Damaged {} {}:\n", kind, id);
    for (const std::string& fault : faults)
      fmt::print("  {}\n", fault);
  }
}

void print_findings(const transfer::Findings& findings) {
  print_damage("layer", findings.layers);
  print_damage("image", findings.images);
  print_damage("container", findings.containers);
  print_damage("volume", findings.volumes);
  for (const std::string& path : findings.leftovers)
    fmt::print("Left by a command that was killed: {}\n", path);
}

void print_repaired(const transfer::Repaired& repaired) {
  for (const std::string& id : repaired.containers)
    fmt::print("Deleted damaged container: {}\n", id);
  for (const std::string& id : repaired.images)
    fmt::print("Deleted damaged image: {}\n", id);
  for (const std::string& id : repaired.layers)
    fmt::print("Deleted damaged layer: {}\n", id);
}

}  // namespace

int system_check(const cli::Arguments& arguments) {
  transfer::CheckOptions check;
  bool repair = false;
  bool force = false;
  std::string most_age = "24h";

  cli::Options options("Look for damage in the store");
  options.flag("-q,--quick", check.quick, "Do not read the contents of files")
      .flag("-r,--repair", repair, "Remove damaged layers, and images that no container uses")
      .flag("-f,--force", force, "Remove damaged containers and their images, too")
      .value("-m,--max", most_age, "Age at which a layer that no image has is damage");
  options.parse(arguments);
  check.most_age = base::parse_duration(most_age);
  repair = repair || force;

  const home::Home home = home::Home::open();
  userns::enter(home);
  const transfer::Findings findings = transfer::check(home, check);
  print_findings(findings);
  if (findings.is_sound() && (findings.leftovers.empty() || !repair)) return 0;
  if (!repair) throw base::Error("damage detected in local storage: --repair removes it");
  print_repaired(transfer::repair(home, findings, force));
  check.quick = true;  // what was found then is gone, or is still found
  const transfer::Findings left = transfer::check(home, check);
  if (left.is_sound()) return 0;
  print_findings(left);
  throw base::Error(
      "damage in local storage still present after attempted repair: pull these "
      "images again");
}

}  // namespace pod_transfer
