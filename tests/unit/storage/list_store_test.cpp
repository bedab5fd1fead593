#include "storage/list_store.hpp"

#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

namespace {

TEST(ListStore, WhatIsSavedIsFoundAsItWas) {
  const TemporaryHome home;
  const storage::ListStore lists(home.layout());
  storage::List list{.id = std::string(64, '1'),
                     .name = "localhost/app:1",
                     .annotations = {{"a", "b"}},
                     .entries = {}};
  list.entries.push_back({.descriptor = base::Json::object({{"digest", "sha256:1"}}),
                          .image = "abc",
                          .repository = ""});
  list.entries.push_back({.descriptor = base::Json::object({{"digest", "sha256:2"}}),
                          .image = "",
                          .repository = "quay.io/app"});
  EXPECT_FALSE(lists.find(list.name));

  lists.save(list);

  const auto found = lists.find("localhost/app:1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, list.id);
  EXPECT_EQ(found->annotations, list.annotations);
  ASSERT_EQ(found->entries.size(), 2U);
  EXPECT_EQ(found->entries[0].image, "abc");
  EXPECT_EQ(found->entries[1].repository, "quay.io/app");
  EXPECT_EQ(found->entries[1].digest(), "sha256:2");
  EXPECT_EQ(lists.list().size(), 1U);
  EXPECT_TRUE(lists.remove(list.name));
  EXPECT_FALSE(lists.remove(list.name));
}

}  // namespace
