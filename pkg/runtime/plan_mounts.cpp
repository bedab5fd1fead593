#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/bind.hpp"
#include "pkg/runtime/device.hpp"
#include "pkg/runtime/mount_options.hpp"
#include "pkg/runtime/planner.hpp"
#include "pkg/runtime/terminal.hpp"
#include "pkg/runtime/tree.hpp"
#include "pkg/sys/copy.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace runtime {
namespace {

std::string without_slash(const std::string& path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// Whom the container's root is for us; us ourselves when it has none.
Tree::Owner root_of(const userns::Ids& ids) {
  return {userns::outside_of(ids.uids, 0).value_or(0), userns::outside_of(ids.gids, 0).value_or(0)};
}

// Owners among a file system's parameters are the container's, while we make it outside of it.
void translate_owners(const userns::Ids& ids, std::vector<sys::MountParameter>& parameters) {
  for (sys::MountParameter& parameter : parameters) {
    if (parameter.key != "uid" && parameter.key != "gid") continue;
    const auto id = base::parse_integer(parameter.value);
    if (!id || *id < 0) continue;  // the kernel says what it thinks of it
    const auto& extents = parameter.key == "uid" ? ids.uids : ids.gids;
    const auto outside = userns::outside_of(extents, static_cast<std::uint32_t>(*id));
    if (!outside)
      throw base::Error(parameter.key + "=" + parameter.value + ": no id of the container");
    parameter.value = std::to_string(*outside);
  }
}

// Without a word of the user's it belongs to the container's root.
void give_to_root(const userns::Ids& ids, std::vector<sys::MountParameter>& parameters) {
  const auto add = [&](const char* key) {
    const auto is_same = [&](const sys::MountParameter& one) { return one.key == key; };
    if (std::none_of(parameters.begin(), parameters.end(), is_same))
      parameters.push_back({key, "0"});
  };
  if (ids.are_sessions()) return;
  add("uid");
  add("gid");
  translate_owners(ids, parameters);
}

class MountPlanner {
 public:
  MountPlanner(const LaunchRequest& request, Planned& planned)
      : request_(request),
        spec_(request.spec),
        planned_(planned),
        tree_(request.root, root_of(request.ids)) {}

  void plan() {
    if (!spec_.is_literal()) add_sign();
    for (const oci::Mount& mount : spec_.mounts)
      add_named(mount);
    if (!dev_is_bound_) add_devices();
    if (spec_.process.terminal) add_terminal();
    for (const oci::Device& device : spec_.devices)
      add_spec_device(device);
    if (spec_.process.make_cwd) make_working_directory();
    for (const std::size_t mount : read_only_later_)
      sys::change_mount(planned_.files.at(mount), MOUNT_ATTR_RDONLY, 0, 0, false);
    add_paths(spec_.masked_paths, planned_.masked_paths);
    add_paths(spec_.readonly_paths, planned_.read_only_paths);
    planned_.plan.mounts = {planned_.mounts.data(), planned_.mounts.size()};
    planned_.plan.masked_paths = {planned_.masked_paths.data(), planned_.masked_paths.size()};
    planned_.plan.read_only_paths = {planned_.read_only_paths.data(),
                                     planned_.read_only_paths.size()};
  }

 private:
  void add_named(const oci::Mount& mount) try { add(mount); } catch (base::Error& error) {
    error.during("mount " + mount.destination);
    throw;
  }

  void add(const oci::Mount& mount) {
    const std::string target = tree_.resolve(mount.destination);
    if (target == "/") throw base::Error("the root itself cannot be mounted over");
    MountOptions options = parse_mount_options(mount.options);
    const bool is_bind = options.is_bind || mount.type == "bind" || mount.type.empty() ||
                         mount.type == "none" || mount.type == "prepared";
    if (is_bind) {
      add_bind(mount, target, options);
      return;
    }
    for (const std::string& word : options.of_kernel)
      options.parameters.push_back({word, ""});
    if (mount.type == "tmpfs" || mount.type == "ramfs") {
      add_memory(target, mount, options);
    } else if (mount.type == "devpts") {
      add_devpts(target, options);
    } else {
      add_kernels(mount, target, options);
    }
  }

  void add_bind(const oci::Mount& mount, const std::string& target, const MountOptions& options) {
    if (mount.type == "prepared") {
      put(target, planned_.keep(bind_part(prepared(mount.source), mount, options)));
      return;
    }
    const auto link = options.copies_link ? sys::find_link(mount.source) : std::nullopt;
    if (link) {
      tree_.make_link(*link, target);
      return;
    }
    const auto at = static_cast<std::size_t>(&mount - spec_.mounts.data());
    const bool is_open = at < request_.sources.size() && request_.sources[at];
    put(target, planned_.keep(is_open ? request_.sources[at].duplicate()
                                      : bind_mount(mount, spec_.is_literal())));
    if (target == "/dev") dev_is_bound_ = true;
  }

  // In a root that cannot be written to it is there, or the child says that it is not.
  void make_working_directory() const {
    try {
      tree_.make_directory(tree_.resolve(spec_.process.cwd));
    } catch (const base::SysError& error) {
      if (!spec_.is_literal()) throw;
      base::log::debug("working directory: {}", error.what());
    }
  }

  const sys::Fd& prepared(const std::string& name) const {
    for (const Prepared& candidate : request_.prepared) {
      if (candidate.name == name) return candidate.mount;
    }
    throw base::Error("nothing was prepared as " + name);
  }

  // By this file programs know that they are in a container. Below all mounts: what is mounted over
  // it is not ours to write to.
  void add_sign() const try {
    tree_.make_file(tree_.resolve("/run/.containerenv"));
  } catch (const base::Error& error) {
    base::log::debug("no /run/.containerenv: {}", error.what());
  }

  // A mount that exists already, over a mount point of its kind.
  void put(const std::string& target, int mount) {
    struct stat status {};
    if (::fstat(mount, &status) != 0) throw base::SysError(target);
    if (S_ISDIR(status.st_mode)) {
      tree_.make_directory(target);
    } else {
      tree_.make_file(target);
    }
    tree_.cover(target, mount);
    MountPlan plan;
    plan.target = planned_.keep(target);
    plan.mount = mount;
    planned_.mounts.push_back(plan);
  }

  void add_memory(const std::string& target, const oci::Mount& mount, MountOptions options) {
    if (!mount.source.empty()) options.parameters.push_back({"source", mount.source});
    if (spec_.is_literal()) take_mode(target, options);
    give_to_root(request_.ids, options.parameters);
    sys::Fd made = sys::make_mount(mount.type, options.parameters,
                                   options.set & ~std::uint64_t{MOUNT_ATTR_RDONLY});
    if (options.copies_up) copy_image_content(target, made);
    if ((options.set & MOUNT_ATTR_RDONLY) != 0) read_only_later_.push_back(planned_.files.size());
    put(target, planned_.keep(std::move(made)));
  }

  // As wide open as what it covers, unless something is said.
  void take_mode(const std::string& target, MountOptions& options) const try {
    const bool is_said =
        std::any_of(options.parameters.begin(), options.parameters.end(),
                    [](const sys::MountParameter& one) { return one.key == "mode"; });
    if (is_said) return;
    struct stat status {};
    const sys::Fd covered = tree_.open(target, O_PATH | O_DIRECTORY);
    if (::fstat(covered.get(), &status) != 0) return;
    options.parameters.push_back({"mode", fmt::format("{:o}", status.st_mode & 07777U), -1});
  } catch (const base::SysError&) {
    return;  // there is nothing there
  }

  void copy_image_content(const std::string& target, const sys::Fd& mount) {
    sys::Fd from;
    try {
      from = tree_.open(target, O_RDONLY | O_DIRECTORY);
    } catch (const base::SysError& error) {
      if (error.number() == ENOENT) return;
      throw;
    }
    sys::copy_tree(from, sys::open_at(mount, ".", O_RDONLY | O_DIRECTORY));
  }

  void add_devpts(const std::string& target, MountOptions options) {
    sys::Fd mount;
    translate_owners(request_.ids, options.parameters);
    try {
      mount = sys::make_mount("devpts", options.parameters, options.set);
    } catch (const base::SysError& error) {
      if (error.number() != EINVAL) throw;
      // A namespace of a single id has no group of terminals.
      std::erase_if(options.parameters, [](const auto& one) { return one.key == "gid"; });
      mount = sys::make_mount("devpts", options.parameters, options.set);
    }
    devpts_ = mount.get();
    devpts_target_ = target;
    put(target, planned_.keep(std::move(mount)));
  }

  // File systems that show a namespace can be made only by a process in it. A namespace of the
  // host's has its file system there already.
  void add_kernels(const oci::Mount& mount, const std::string& target,
                   const MountOptions& options) {
    const bool shows_host = (mount.type == "proc" && is_hosts("pid")) ||
                            (mount.type == "sysfs" && is_hosts("network")) ||
                            (mount.type == "mqueue" && is_hosts("ipc")) ||
                            (mount.type.starts_with("cgroup") && is_hosts("cgroup"));
    const bool is_known = mount.type == "proc" || mount.type == "sysfs" || mount.type == "mqueue" ||
                          mount.type.starts_with("cgroup");
    if (!is_known) {
      add_other(mount, target, options);
      return;
    }
    if (mount.type != "mqueue" && target != without_slash(mount.destination)) {
      throw base::Error("a symbolic link in the image");
    }
    tree_.make_directory(target);
    if (shows_host) {
      add_hosts(target, options);
      return;
    }
    tree_.cover(target, -1);
    MountPlan plan;
    plan.target = planned_.keep(target);
    plan.type = planned_.keep(mount.type == "cgroup" ? "cgroup2" : mount.type);
    plan.attributes = static_cast<unsigned>(options.set);
    plan.parameters = keep_parameters(options);
    plan.propagation = options.propagation;
    plan.is_optional = mount.type != "proc" && !spec_.is_literal();
    plan.may_be_hosts = mount.type == "proc" && !spec_.is_literal();
    plan.is_hosts_else = mount.type != "proc" && spec_.is_literal();
    planned_.mounts.push_back(plan);
  }

  List<MountParameter> keep_parameters(const MountOptions& options) {
    std::vector<MountParameter>& kept = planned_.parameters.emplace_back();
    for (const sys::MountParameter& parameter : options.parameters) {
      const bool is_flag = parameter.value.empty();
      kept.push_back(
          {planned_.keep(parameter.key), is_flag ? nullptr : planned_.keep(parameter.value)});
    }
    return {kept.data(), kept.size()};
  }

  // Whatever file system the kernel lets us have here.
  void add_other(const oci::Mount& mount, const std::string& target, MountOptions options) {
    if (!spec_.is_literal()) {
      throw base::Error("file system " + mount.type + ": not one we mount");
    }
    if (!mount.source.empty()) options.parameters.push_back({"source", mount.source, -1});
    put(target, planned_.keep(sys::make_mount(mount.type, options.parameters, options.set)));
  }

  void add_hosts(const std::string& path, const MountOptions& options) {
    if (!sys::exists(path)) return;
    sys::Fd mount = sys::copy_mount(path, true);
    sys::change_mount(mount, options.set & MOUNT_ATTR_RDONLY, 0, MS_PRIVATE);
    put(path, planned_.keep(std::move(mount)));
  }

  bool is_hosts(const std::string& type) const {
    const Namespaces& shared = request_.namespaces;
    if (type == "network" && shared.net) return false;
    if (type == "ipc" && shared.ipc) return false;
    if (type == "pid" && shared.pid) return false;
    const bool is_per_container = type == "pid" || type == "cgroup";
    return std::none_of(
        spec_.namespaces.begin(), spec_.namespaces.end(), [&](const oci::Namespace& ns) {
          return ns.type == type && (is_per_container || !ns.path.empty() || spec_.is_literal());
        });
  }

  void add_devices() {
    tree_.make_directory("/dev");
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
      const std::string path = std::string("/dev/") + name;
      add_device(path, path, true);
    }
    tree_.make_link("/proc/self/fd", "/dev/fd");
    tree_.make_link("/proc/self/fd/0", "/dev/stdin");
    tree_.make_link("/proc/self/fd/1", "/dev/stdout");
    tree_.make_link("/proc/self/fd/2", "/dev/stderr");
    tree_.make_link("pts/ptmx", "/dev/ptmx");
  }

  // Root of the whole machine makes a node; whoever is root of less borrows the host's.
  void add_spec_device(const oci::Device& device) {
    const std::string target = tree_.resolve(device.path);
    if (device.type.empty()) {
      add_device(device.path, device.source, false);
    } else if (!tree_.is_covered(target) && !make_node(tree_, target, device)) {
      check_node(device);
      add_device(device.path, device.source, false);
    }
  }

  void add_device(const std::string& path, const std::string& source, bool may_miss) try {
    const std::string target = tree_.resolve(path);
    if (tree_.is_covered(target)) return;
    put(target, planned_.keep(sys::copy_mount_at(sys::open_file(source, O_PATH), false)));
  } catch (base::SysError& error) {
    if (may_miss && error.number() == ENOENT) return;
    error.during("device " + path);
    throw;
  }

  void add_terminal() {
    if (devpts_ < 0) throw base::Error("a terminal needs a devpts mount at /dev/pts");
    Terminal terminal = open_terminal(devpts_);
    const std::string console = tree_.resolve("/dev/console");
    if (!tree_.is_covered(console)) {
      tree_.make_file(console);
      MountPlan plan;
      plan.target = planned_.keep(console);
      plan.source = planned_.keep(devpts_target_ + "/" + std::to_string(terminal.number));
      planned_.mounts.push_back(plan);
    }
    planned_.plan.has_terminal = true;
    planned_.terminal = std::move(terminal.master);
    if (const auto& size = spec_.process.console_size) {
      sys::set_window_size(planned_.terminal.get(),
                           {static_cast<unsigned short>(size->height),   // NOLINT
                            static_cast<unsigned short>(size->width)});  // NOLINT
    }
    if (request_.outside.plain_lines) sys::set_plain_lines(planned_.terminal.get());
    const int slave = planned_.keep(std::move(terminal.slave));
    plan_streams({slave, slave, slave}, planned_);
  }

  void add_paths(const std::vector<std::string>& paths, std::vector<const char*>& out) {
    for (const std::string& path : paths)
      out.push_back(planned_.keep(path));
  }

  const LaunchRequest& request_;
  const oci::Spec& spec_;
  Planned& planned_;
  Tree tree_;
  std::vector<std::size_t> read_only_later_;  // in planned_.files
  int devpts_ = -1;
  std::string devpts_target_;
  bool dev_is_bound_ = false;
};

}  // namespace

void plan_mounts(const LaunchRequest& request, Planned& planned) {
  MountPlanner(request, planned).plan();
}

}  // namespace runtime
