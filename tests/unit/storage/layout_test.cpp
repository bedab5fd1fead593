#include "storage/layout.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Layout, EscapesNamesSoThatTheyComeBack) {
  const TemporaryHome temporary;
  const storage::Layout layout = temporary.layout();
  for (const char* name :
       {"docker.io/library/alpine:latest", "localhost:5000/a/b:1", "100%/x", "..", "%2F"}) {
    const std::string path = layout.ref(name);

    EXPECT_TRUE(path.starts_with(layout.refs() + "/")) << path;
    const std::string file = path.substr(layout.refs().size() + 1);
    EXPECT_EQ(file.find('/'), std::string::npos) << file;
    EXPECT_EQ(storage::Layout::unescape_ref(file), name);
  }
}

TEST(Layout, RefusesNamesThatLeadOut) {
  const TemporaryHome temporary;

  EXPECT_THROW(temporary.layout().layer("../x"), base::Error);
  EXPECT_THROW(temporary.layout().volume(".."), base::Error);
  EXPECT_THROW(temporary.layout().image(""), base::Error);
}

TEST(Layout, RefusesAStoreOfANewerFormat) {
  const TemporaryHome temporary;
  sys::replace_file(temporary.layout().root() + "/VERSION", "2\n");

  EXPECT_THROW(temporary.layout().prepare(), base::Error);
}

}  // namespace
