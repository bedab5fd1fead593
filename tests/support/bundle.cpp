#include "tests/support/bundle.hpp"

#include "tests/support/image.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

namespace support {

namespace fs = std::filesystem;

std::string runtime_program() {
  const char* folder = std::getenv("POD_BUILD");
  return (folder != nullptr ? std::string(folder) : std::string(POD_BUILD_FOLDER)) +
         "/libexec/pod/pod-runtime";
}

base::Json& place(base::Json& json, const std::string& path) {
  base::Json* at = &json;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    at = &(*at)[path.substr(begin, end - begin)];
    begin = end + 1;
  }
  return *at;
}

void BundleTest::SetUp() {
  Home::SetUp();
  fs::create_directories(rootfs());
  const std::string archive = write("rootfs.tar", make_image_tar());
  const Result unpacked = support::run({"tar", "-xf", archive, "-C", rootfs(), "--no-same-owner"});
  ASSERT_EQ(unpacked.status, 0) << unpacked;
  const std::string template_folder = root() + "/template";
  fs::create_directory(template_folder);
  const Result written = support::run(
      {runtime_program(), "spec", "--rootless", "--bundle", template_folder}, Home::start());
  ASSERT_EQ(written.status, 0) << written;
  std::ifstream file(template_folder + "/config.json");
  config = base::Json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  place(config, "process.terminal") = false;
  place(config, "root.readonly") = false;
}

void BundleTest::TearDown() {
  write_config();
  for (const char* id : {"c", "d"})
    support::run(runtime_words({"delete", "--force", id}), Home::start());
  EXPECT_EQ(runtime({"list", "--quiet"}).out, "");
  EXPECT_TRUE(wait_for_no_descendants()) << descendants().front();
  Home::TearDown();
}

void BundleTest::write_config() const {
  std::ofstream(bundle() + "/config.json") << config.dump(2);
}

Words BundleTest::runtime_words(const Words& words) {
  Words all = {runtime_program(), "--root", root() + "/run/oci"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Result BundleTest::runtime(const Words& words, const std::string& input, double seconds) {
  write_config();
  Start where = Home::start();
  where.directory = bundle();
  return support::run(runtime_words(words), where, input, seconds);
}

std::string BundleTest::must_runtime(const Words& words) {
  const Result result = runtime(words);
  EXPECT_EQ(result.status, 0) << words.front() << ": " << result;
  return result.line();
}

Result BundleTest::run(const Words& args) {
  place(config, "process.args") = args;
  return runtime({"run", "c"});
}

Result BundleTest::run_shell(const std::string& command) {
  return run({"sh", "-c", command});
}

void BundleTest::start(const std::string& id, const Words& args) {
  place(config, "process.args") = args;
  // What keeps our pipes open would keep the test waiting.
  write_config();
  Start where = Home::start();
  where.directory = bundle();
  Words words = {"sh", "-c", "exec \"$@\" >/dev/null 2>" + root() + "/start.err", "sh"};
  for (const std::string& word : runtime_words({"run", "--detach", id}))
    words.push_back(word);
  const Result result = support::run(words, where);
  std::ifstream said(root() + "/start.err");
  EXPECT_EQ(result.status, 0) << std::string(std::istreambuf_iterator<char>(said), {});
}

base::Json BundleTest::state(const std::string& id) {
  const Result result = runtime({"state", id});
  return result.status == 0 ? base::Json::parse(result.out)
                            : base::Json::object({{"status", result.err}});
}

bool BundleTest::comes_to(const std::string& id, const std::string& status) {
  for (int tries = 0; tries < 200; ++tries) {
    if (this->status(id) == status) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace support
