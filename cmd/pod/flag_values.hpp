#pragma once

#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/containers/options.hpp"

#include <map>
#include <string>
#include <vector>

// What users write behind flags. All throw base::Error with the text in the message.
namespace pod {

// -e: "NAME=value", "NAME" (the caller's, left out when it has none), "PREFIX*" (all of the
// caller's).
void add_env(std::vector<std::string>& env, const std::string& text);
// --env-file: the same a line; lines that begin with # and empty ones are skipped, quotes stay.
void add_env_file(std::vector<std::string>& env, const std::string& path);
void add_caller_env(std::vector<std::string>& env);

// "key=value" or "key".
void add_pair(std::map<std::string, std::string>& pairs, const std::string& text);
void add_label_file(std::map<std::string, std::string>& labels, const std::string& path);
// "key=value", nothing else.
void add_setting(std::map<std::string, std::string>& settings, const std::string& text);

// "nofile=1024:2048"; -1 is the caller's most; "host" is all of the caller's.
void add_ulimit(std::vector<oci::Rlimit>& limits, const std::string& text);

// "HOST[:CONTAINER][:rwm]".
oci::Device parse_device(const std::string& text);

// "DEVICE:WEIGHT", "DEVICE:1mb" and "DEVICE:100" of a block device of this host.
std::uint64_t parse_disk_weight(const std::string& text);
oci::DeviceWeight parse_device_weight(const std::string& text);
oci::DeviceRate parse_device_rate(const std::string& text, const std::string& what);

// --cgroup-parent: no step upwards.
void check_cgroup_parent(const std::string& text);

// A JSON array of strings, or one word; empty for nothing.
std::vector<std::string> parse_entrypoint(const std::string& text);

// --health-cmd, as Docker's test: {"CMD-SHELL", TEXT}, {"CMD", word...} or {"NONE"}.
std::vector<std::string> parse_health_command(const std::string& text);

// --until of logs and events: a moment, or a duration from now on, as the peers have it.
base::Time parse_end(const std::string& text);

// --security-opt, "key=value" or "key:value".
void apply_security(containers::Options& options, const std::string& text);

// "host", "private", "container:NAME", "ns:PATH" and the words added.
std::string parse_namespace(const std::string& text, const std::vector<std::string>& added);

// "-v [SOURCE:]TARGET[:OPTIONS]", "--mount type=...,source=...,target=...", "--tmpfs
// TARGET[:OPTIONS]".
containers::VolumeMount parse_volume(const std::string& text);
containers::VolumeMount parse_mount(const std::string& text);
// The same, but type=glob is several: one for each file that fits.
std::vector<containers::VolumeMount> parse_mounts(const std::string& text);
containers::VolumeMount parse_tmpfs(const std::string& text);

// --secret: "NAME[,type=mount|env][,target=...][,uid=...][,gid=...][,mode=...]".
containers::SecretUse parse_secret(const std::string& text);

// Runs `work` with each value; errors get the flag in front.
template <typename Values, typename Work>
void for_each_value(const char* flag, const Values& values, Work work) {
  try {
    for (const auto& value : values)
      work(value);
  } catch (base::Error& error) {
    error.during(flag);
    throw;
  }
}
// The same for one value, when it was given.
template <typename Work>
auto with_flag(const char* flag, Work work) {
  try {
    return work();
  } catch (base::Error& error) {
    error.during(flag);
    throw;
  }
}

}  // namespace pod
