#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/storage/store.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

// Containers that are nothing but records.
class WithRecords : public testing::Test {
 protected:
  const home::Home& home() const { return temporary_.home(); }

  // Its id is `digit` 64 times; a later one was created later.
  containers::Container make(char digit, const std::string& name) {
    containers::Container container;
    container.id = std::string(64, digit);
    container.name = name;
    container.created = 1'700'000'000'000'000'000 + count_++;
    return container;
  }
  void write(const containers::Container& container) const {
    containers::StagedFolder folder(home(), container.directory(home()), container.name);
    sys::create_file(folder.path() + "/record.json", container.json().dump());
    folder.publish();
  }
  void write_state(const containers::Container& container, const monitor::State& state) const {
    sys::make_dirs(container.runtime_directory(home()));
    monitor::write_state(container.runtime_directory(home()), state);
  }
  // One with an exit code.
  void write_ended(const containers::Container& container, int code) const {
    monitor::State state;
    state.status = monitor::Status::Exited;
    state.exit_code = code;
    write_state(container, state);
  }

 private:
  TemporaryHome temporary_;
  int count_ = 0;
};
