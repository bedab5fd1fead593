#pragma once

#include "pkg/sys/dir.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

// A temporary folder for each test.
class WithFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder = "/tmp/pod-monitor-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  }
  void TearDown() override { sys::remove_tree(folder); }

  std::string folder;
};
