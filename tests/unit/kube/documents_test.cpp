#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/load.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// data/documents: files that carry in comments what is to be said about them:
//
//     imagePullPolcy: Always  # error: spec.containers[0].imagePullPolcy: unknown field
//
// Several things about one line stand behind one another. A file with errors shows no notices.
namespace {

struct Expected {
  std::vector<std::string> errors;
  std::vector<std::string> notices;
};

void take(std::string_view line, const std::string& place, Expected& expected) {
  for (std::size_t at = line.find("# "); at != std::string_view::npos; at = line.find("# ")) {
    line.remove_prefix(at + 2);
    const std::string_view message = base::trim(line.substr(0, line.find("# ")));
    if (message.starts_with("error: ")) {
      expected.errors.push_back(place + std::string(message.substr(7)));
    } else if (message.starts_with("notice: ")) {
      expected.notices.push_back(place + std::string(message.substr(8)));
    }
  }
}

Expected expected_of(const std::string& text, const std::string& file) {
  Expected expected;
  int number = 0;
  for (const std::string& line : base::split(text, '\n'))
    take(line, fmt::format("{}:{}: ", file, ++number), expected);
  return expected;
}

class Documents : public testing::TestWithParam<std::string> {};

TEST_P(Documents, AreToldWhatIsWrongWithThem) {
  const std::string text = sys::read_file(DATA_FOLDER "/documents/" + GetParam());
  const Expected expected = expected_of(text, GetParam());
  std::vector<std::string> errors;
  std::vector<std::string> notices;

  try {
    notices = kube::load_text(text, GetParam(), ".").notices;
  } catch (const base::Error& error) {
    errors = base::split(error.what(), '\n');
  }

  EXPECT_THAT(errors, testing::UnorderedElementsAreArray(expected.errors));
  if (errors.empty()) {
    EXPECT_THAT(notices, testing::UnorderedElementsAreArray(expected.notices));
  }
}

std::string title(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.find('.'));
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Data, Documents,
                         testing::ValuesIn(sys::list_dir(DATA_FOLDER "/documents")), title);

TEST(Examples, AreUnderstoodToTheLastField) {
  int files = 0;
  for (const std::string& folder : sys::list_dir(EXAMPLES_FOLDER)) {
    const std::string file = std::string(EXAMPLES_FOLDER) + "/" + folder + "/pod.yaml";
    if (!sys::exists(file)) continue;
    ++files;
    const kube::Loaded loaded = kube::load({file});
    EXPECT_THAT(loaded.notices, testing::IsEmpty()) << folder;
    EXPECT_FALSE(loaded.pods.empty()) << folder;
  }
  EXPECT_GE(files, 7);
}

}  // namespace
