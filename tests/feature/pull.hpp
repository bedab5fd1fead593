#pragma once

#include "pkg/base/base64.hpp"
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>

// `pull` of an image of two layers from a registry that can lie.

inline std::string layer(const std::string& name, const std::string& text) {
  support::TarText tar;
  tar.directory("etc").file("etc/" + name, text);
  return tar.end();
}

inline bool is_blob(const support::Asked& asked) {
  return asked.is_blob();
}
inline bool is_manifest(const support::Asked& asked) {
  return asked.is_manifest();
}

inline std::function<bool(const support::Asked&)> is_for(const support::Blob& blob) {
  return [digest = blob.digest](const support::Asked& asked) {
    return asked.target.find(digest) != std::string::npos;
  };
}

class Pull : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    std::filesystem::create_directory(root() + "/pki");
    authority_.emplace(root() + "/pki");
    server_.emplace(&*authority_);
    trust(server_->host());
    image_ = support::make_registry_image(
        {layer("one", "the first"), layer("two", std::string(200'000, '2'))});
    server_->add(image_, "1");
  }
  void TearDown() override {
    server_.reset();
    Home::TearDown();
  }

  void trust(const std::string& host) const {
    std::ifstream authority(authority_->authority());
    std::stringstream text;
    text << authority.rdbuf();
    write("config/containers/certs.d/" + host + "/ca.crt", text.str());
  }
  void write_auth(const std::string& host, const std::string& login) const {
    write("config/containers/auth.json",
          R"({"auths":{")" + host + R"(":{"auth":")" + base::base64_encode(login) + "\"}}}");
  }

  static support::Words pull_words(const support::Words& arguments) {
    support::Words words = {support::transfer_program(), "pull", "--retry-delay", "10ms"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  support::Result pull(const support::Words& arguments) const {
    return support::run(pull_words(arguments), start(), "", 60);
  }
  std::string name() const { return server_->host() + "/team/app:1"; }

  // The names below a folder of the store.
  std::vector<std::string> stored(const std::string& folder) const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(data() + "/storage/" + folder, ignored)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  // Whether some layer has this file with this text.
  bool has_file(const std::string& path, const std::string& text) const {
    const std::vector<std::string> layers = stored("layers");
    return std::any_of(layers.begin(), layers.end(), [&](const std::string& id) {
      std::ifstream file(data() + "/storage/layers/" + id + "/root/" + path);
      std::stringstream found;
      found << file.rdbuf();
      return file.is_open() && found.str() == text;
    });
  }
  void expect_complete() const {
    EXPECT_THAT(stored("images"), ::testing::ElementsAre(image_.id()));
    EXPECT_EQ(stored("layers").size(), 2U);
    EXPECT_TRUE(has_file("etc/one", "the first"));
    EXPECT_TRUE(has_file("etc/two", std::string(200'000, '2')));
    expect_nothing_unfinished();
  }
  void expect_nothing_unfinished() const {
    EXPECT_THAT(stored("staging"), ::testing::IsEmpty());
    EXPECT_THAT(stored("trash"), ::testing::IsEmpty());
  }
  void expect_nothing_stored() const {
    EXPECT_THAT(stored("images"), ::testing::IsEmpty());
    EXPECT_THAT(stored("refs"), ::testing::IsEmpty());
    expect_nothing_unfinished();
  }
  void expect_failure(const std::string& what) const {
    const support::Result result = pull({name()});
    EXPECT_EQ(result.status, 125) << result;
    EXPECT_THAT(result.err, ::testing::HasSubstr(what));
    EXPECT_THAT(result.err, ::testing::HasSubstr(server_->host()));
    EXPECT_EQ(result.out, "");
    expect_nothing_stored();
  }
  void expect_success() const {
    const support::Result result = pull({name()});
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_EQ(result.line(), image_.id());
    expect_complete();
  }
  void wait_until_asked(const std::function<bool(const support::Asked&)>& is_meant) const {
    for (int tries = 1000; tries > 0 && server_->count(is_meant) == 0; --tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  // The second layer comes in twenty pieces, which takes two seconds.
  support::Reply slowly() const {
    return {.body = image_.layers[1].bytes,
            .claimed_length = {},
            .piece = image_.layers[1].bytes.size() / 20,
            .pause = std::chrono::milliseconds(100)};
  }

  std::optional<support::Authority> authority_;
  std::optional<support::Registry> server_;
  support::RegistryImage image_;
};
