// Every example is played and taken down; in between its expected.txt is gone through: a line that
// begins with "$ " is a command, what follows is the answer to come within a few seconds.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/wire.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;

std::vector<std::string> examples() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(EXAMPLES_FOLDER)) {
    if (fs::exists(entry.path() / "expected.txt")) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Exchange {
  std::string command;
  std::string answer;
};

std::vector<Exchange> read_transcript(const std::string& text) {
  std::vector<Exchange> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("$ ")) {
      all.push_back({line.substr(2), ""});
    } else if (!all.empty()) {
      all.back().answer += line + "\n";
    }
  }
  return all;
}

// Examples publish port 8080; tests run beside each other.
void replace_port(const std::string& path, std::uint16_t port) {
  std::string text = read(path);
  for (std::size_t at = 0; (at = text.find("8080", at)) != std::string::npos; at += 4) {
    text.replace(at, 4, std::to_string(port));
  }
  std::ofstream(path) << text;
}

}  // namespace

class Examples : public support::Home, public ::testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    Home::SetUp();
    SKIP_FOR(support::why_no_shell());
    SKIP_FOR(support::why_no_network());
  }

  // With `pod` in the PATH and the example as working directory.
  support::Result shell(const std::string& command, const std::string& folder) const {
    support::Start inside = start();
    const std::string programs = fs::path(support::pod_program()).parent_path();
    inside.environment["PATH"] = programs + ":" + ::getenv("PATH");
    inside.environment["POD"] = support::pod_program();
    inside.directory = folder;
    return support::run({"bash", "-c", command + " 2>&1"}, inside, "", 60);
  }
};

TEST_P(Examples, DoWhatTheySay) {
  const std::string folder = root() + "/example";
  fs::copy(fs::path(EXAMPLES_FOLDER) / GetParam(), folder, fs::copy_options::recursive);
  const std::uint16_t port = support::free_port();
  replace_port(folder + "/pod.yaml", port);
  replace_port(folder + "/expected.txt", port);
  const auto made = shell(std::string(EXAMPLES_FOLDER) + "/image/build", folder);
  ASSERT_EQ(made.status, 0) << made;

  const auto played = shell("pod play pod.yaml", folder);
  EXPECT_EQ(played.status, 0) << played;
  for (const Exchange& one : read_transcript(read(folder + "/expected.txt"))) {
    support::Result result;
    for (int tries = 0; tries < 50; ++tries) {
      result = shell(one.command, folder);
      if (result.out == one.answer) break;
      support::run({"sleep", "0.2"});
    }
    EXPECT_EQ(result.out, one.answer) << "$ " << one.command;
  }
  const auto down = shell("pod down pod.yaml", folder);
  EXPECT_EQ(down.status, 0) << down;

  EXPECT_EQ(must({"pod", "ps", "-q"}), "");
  EXPECT_EQ(must({"ps", "-aq"}), "");
  EXPECT_FALSE(support::is_listening(port));
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(All, Examples, ::testing::ValuesIn(examples()), [](const auto& one) {
  std::string name = one.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});
