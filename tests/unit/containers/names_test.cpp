#include "pkg/base/error.hpp"
#include "tests/unit/containers/records.hpp"

#include <optional>

namespace {

using containers::claim_name;
using testing::HasSubstr;

class Names : public WithRecords {
 protected:
  std::string why_not(const std::string& name, const std::string& target) const {
    try {
      claim_name(home(), name, target);
      return "";
    } catch (const base::Error& error) {
      return error.what();
    }
  }
};

TEST_F(Names, AreTakenOnce) {
  write(make('1', "web"));

  EXPECT_THAT(why_not("web", "../containers/2"),
              HasSubstr("the name \"web\" is already in use by container 111111111111"));
  EXPECT_EQ(why_not("web2", "../containers/2"), "");
}

TEST_F(Names, AreLettersDigitsAndLittleElse) {
  for (const char* name : {"", "-a", ".a", "a/b", "a b", "..", "ä"})
    EXPECT_THAT(why_not(name, "../containers/1"), HasSubstr("only letters")) << name;
  for (const char* name : {"a", "A.b-c_d", "0"})
    EXPECT_EQ(why_not(name, "../containers/1"), "") << name;
}

TEST_F(Names, OfWhatIsGoneAreTakenOver) {
  claim_name(home(), "web", "../containers/gone");

  EXPECT_EQ(why_not("web", "../containers/2"), "");
}

TEST_F(Names, AreFreedByTheirOwnersOnly) {
  claim_name(home(), "web", "../containers/1");

  containers::release_name(home(), "web", "../containers/2");
  EXPECT_EQ(sys::find_link(home().names() + "/web"), "../containers/1");
  containers::release_name(home(), "web", "../containers/1");
  EXPECT_EQ(sys::find_link(home().names() + "/web"), std::nullopt);
}

TEST_F(Names, AndFoldersGoWhenNothingIsPublished) {
  { const containers::StagedFolder folder(home(), home().containers() + "/1", "web"); }

  EXPECT_TRUE(sys::list_dir(home().containers()).empty());
  EXPECT_TRUE(sys::list_dir(home().names()).empty());
}

TEST_F(Names, AreHeldWhileTheirOwnerIsMade) {
  const containers::StagedFolder folder(home(), home().containers() + "/1", "web");

  EXPECT_THAT(why_not("web", "../containers/2"), HasSubstr("already in use"));
}

}  // namespace
