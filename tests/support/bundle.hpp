#pragma once

#include "pkg/base/json.hpp"
#include "tests/support/home.hpp"

#include <string>

namespace support {

std::string runtime_program();  // pod-runtime

// A bundle of the test image's root file system, and pod-runtime to run it. `config` begins as
// `spec --rootless` writes it, without a terminal and with a root that can be written to.
class BundleTest : public Home {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string bundle() const { return root() + "/bundle"; }
  std::string rootfs() const { return bundle() + "/rootfs"; }

  // `pod-runtime --root ... WORDS`, in the bundle's folder, with `config` written before.
  Result runtime(const Words& words, const std::string& input = "", double seconds = 20);
  std::string must_runtime(const Words& words);
  Words runtime_words(const Words& words);
  // `pod-runtime run` of a container with this command.
  Result run(const Words& args);
  // The same of a shell's command.
  Result run_shell(const std::string& command);
  // A container that is there and runs; removed with the test.
  void start(const std::string& id, const Words& args);

  base::Json state(const std::string& id);
  std::string status(const std::string& id) { return state(id).at("status").as_string(); }
  bool comes_to(const std::string& id, const std::string& status);

  void write_config() const;

  base::Json config;
};

// A member deep inside, made when missing: place(config, "linux.seccomp").
base::Json& place(base::Json& json, const std::string& path);

}  // namespace support
