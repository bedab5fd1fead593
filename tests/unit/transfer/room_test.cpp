#include "pkg/transfer/room.hpp"

#include "pkg/base/error.hpp"
#include "tests/unit/transfer/folder.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <limits>

namespace {

using ::testing::HasSubstr;

class Room : public ::testing::Test {
  static home::Home home_in(const std::string& folder) {
    home::Home home;
    home.data = folder;
    return home;
  }

 protected:
  Room() { store_.layout.prepare(); }

  std::string refusal(std::int64_t bytes) const {
    try {
      transfer::expect_room(store_, bytes);
      return "";
    } catch (const base::Error& error) {
      return error.what();
    }
  }

  Folder folder_;
  home::Home home_ = home_in(folder_.path());
  transfer::Store store_{.layout = storage::Layout(home_)};
};

}  // namespace

TEST_F(Room, IsRefusedToWhatCannotFit) {
  EXPECT_EQ(refusal(1), "");
  EXPECT_THAT(refusal(std::numeric_limits<std::int64_t>::max()), HasSubstr("system prune"));
}

TEST_F(Room, IsExplainedWhenItIsMissing) {
  EXPECT_NO_THROW(transfer::explain_full_disk(store_, base::SysError("write", EIO)));
  try {
    transfer::explain_full_disk(store_, base::SysError("write", ENOSPC));
    ADD_FAILURE() << "no error";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("write: no space left on device: "));
    EXPECT_THAT(error.what(), HasSubstr(" free in " + folder_.path() + "/storage"));
  }
}
