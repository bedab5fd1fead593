#include "tests/support/lines.hpp"

#include "tests/support/command_line.hpp"
#include "tests/support/image.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace support {
namespace {

// Cuts off what follows the mark; "" when it is not there.
std::string cut(std::string& text, const std::string& mark, bool* was_there = nullptr) {
  const std::size_t at = text.find(mark);
  if (was_there != nullptr) *was_there = at != std::string::npos;
  if (at == std::string::npos) return "";
  const std::string rest = text.substr(at + mark.size());
  text.erase(at);
  return rest;
}

// "\n" and "\t" as typed.
std::string with_line_ends(std::string text) {
  for (const auto& [typed, meant] : {std::pair{"\\n", "\n"}, std::pair{"\\t", "\t"}}) {
    for (std::size_t at = text.find(typed); at != std::string::npos; at = text.find(typed, at))
      text.replace(at, 2, meant);
  }
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Row parse(std::string text) {
  Row row;
  bool is_row = false;
  std::string rest = cut(text, " => ", &is_row);
  if (!is_row) throw std::runtime_error("no \" => \" in it");
  row.input = with_line_ends(cut(text, " <<< "));
  row.command = trimmed(text);
  row.why_not_podman = trimmed(cut(rest, "## "));
  row.err = with_line_ends(trimmed(cut(rest, "!! ", &row.has_error)));
  rest = trimmed(rest);
  std::size_t end = 0;
  row.status = std::stoi(rest, &end);
  row.out = with_line_ends(trimmed(rest.substr(end)));
  return row;
}

}  // namespace

std::vector<Row> read_rows(const std::string& path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  int number = 0;
  for (std::string text; std::getline(file, text);) {
    ++number;
    if (trimmed(text).empty() || text.starts_with('#')) continue;
    try {
      rows.push_back(parse(text));
    } catch (const std::exception& error) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what());
    }
    rows.back().number = number;
  }
  return rows;
}

void Lines::SetUp() {
  PodmanHome::SetUp();
  image();
  write("image.tar", make_image_tar());
  for (const char* folder : {"/pod-files", "/podman-files"})
    std::filesystem::create_directory(root() + folder);
}

void Lines::expect_all(const std::string& path, bool asks_podman) {
  for (const Row& row : read_rows(path)) {
    expect_row(Tool::Pod, row);
    if (asks_podman && has_podman() && row.why_not_podman.empty()) expect_row(Tool::Podman, row);
  }
}

void Lines::do_both(const std::string& command) {
  const Result by_pod = give(Tool::Pod, command, "");
  ASSERT_EQ(by_pod.status, 0) << command << "\n" << by_pod;
  if (!has_podman()) return;
  const Result by_podman = give(Tool::Podman, command, "");
  ASSERT_EQ(by_podman.status, 0) << command << "\n" << by_podman;
}

Result Lines::give(Tool tool, const std::string& command, const std::string& input) const {
  const std::vector<std::string> words = split_line(filled(tool, command));
  return tool == Tool::Pod ? pod(words, input) : podman(words, input);
}

std::string Lines::filled(Tool tool, std::string text) const {
  const bool is_pod = tool == Tool::Pod;
  text = fill_in(text, {{"DIR", root() + (is_pod ? "/pod-files" : "/podman-files")}});
  const std::string mark = "@ID:";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    const std::size_t end = text.find('@', at + 1);
    std::string name = text.substr(at + mark.size(), end - at - mark.size());
    const std::string count = cut(name, ":");
    const Words ask = {"inspect", "--format", "{{.Id}}", name};
    const std::string id = (is_pod ? pod(ask) : podman(ask)).line();
    text.replace(at, end - at + 1, count.empty() ? id : id.substr(0, std::stoul(count)));
  }
  return text;
}

void Lines::expect_row(Tool tool, const Row& row) const {
  const bool is_pod = tool == Tool::Pod;
  const std::string where = std::string(is_pod ? "pod " : "podman ") + row.command + " (line " +
                            std::to_string(row.number) + ")";
  const Result result = give(tool, row.command, row.input);

  EXPECT_EQ(result.status, row.status) << where << "\n" << result;
  EXPECT_THAT(result.line(), ::testing::MatchesRegex(filled(tool, row.out))) << where;
  if (!is_pod || !row.has_error) return;
  EXPECT_THAT(result.err, ::testing::MatchesRegex(row.err)) << where;
}

}  // namespace support
