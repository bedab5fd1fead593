#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/registry/client.hpp"
#include "tests/support/registry_authority.hpp"
#include "tests/support/registry_image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>

// A user's home without any credentials, and an authority that this user may be told to trust.
class RegistryTest : public testing::Test {
 protected:
  RegistryTest();
  ~RegistryTest() override;

  // As certs.d has it.
  void trust(const std::string& host) const;
  void write_auth(const std::string& host, const std::string& user,
                  const std::string& password) const;

  // Retries at once, and soon loses patience with a stall.
  static registry::Access quick();
  registry::Client client(const std::string& reference, registry::Access access = quick()) const;
  // What it says when it fails; fails the test when it does not.
  static std::string error_of(const std::function<void()>& action);

  std::string folder_;
  home::Home home_;
  std::optional<support::Authority> authority_;
};

oci::Descriptor descriptor_of(const support::Blob& blob);

// Keeps what comes, and may have no room at first.
class Collector : public registry::Sink {
 public:
  bool accept(std::string_view bytes) override;
  void finish() override { ++finished; }

  std::string bytes;
  int finished = 0;
  std::atomic<bool> has_room = true;
  std::atomic<int> refused = 0;
};
