#pragma once

#include "tests/support/home.hpp"

#include <string>

namespace support {

// podman beside pod, with a store of its own in the same home and pod-runtime in place of its
// runtime: it has the image localhost/probe, too. What it leaves is removed at the end.
class PodmanHome : public Home {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Why podman is not there or does not work here; "" when it does.
  const std::string& why_no_podman() const { return why_no_podman_; }

  Result podman(const Words& arguments, const std::string& input = "") const;

 private:
  void write_its_files() const;

  std::string why_no_podman_;
  bool has_begun_ = false;
};

}  // namespace support
