#pragma once

#include "pkg/sys/dir.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

// A temporary folder for one test.
class Folder {
 public:
  Folder() {
    path_ = testing::TempDir() + "pod-transfer-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { sys::remove_tree(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
