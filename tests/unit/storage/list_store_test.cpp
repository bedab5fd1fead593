#include "storage/list_store.hpp"

#include "storage/refs.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

namespace {

TEST(ListStore, WhatIsSavedIsFoundAsItWas) {
  const TemporaryHome home;
  const storage::ListStore lists(home.layout());
  storage::List list;
  list.id = std::string(64, '1');
  list.created = 7;
  list.digest = "sha256:3";
  list.size = 12;
  list.annotations = {{"a", "b"}};
  list.entries.push_back({.descriptor = base::Json::object({{"digest", "sha256:1"}}),
                          .image = "abc",
                          .repository = ""});
  list.entries.push_back({.descriptor = base::Json::object({{"digest", "sha256:2"}}),
                          .image = "",
                          .repository = "quay.io/app"});
  EXPECT_FALSE(lists.find(list.id));

  lists.save(list);

  const auto found = lists.find(list.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->created, 7);
  EXPECT_EQ(found->digest, list.digest);
  EXPECT_EQ(found->size, 12);
  EXPECT_EQ(found->annotations, list.annotations);
  ASSERT_EQ(found->entries.size(), 2U);
  EXPECT_EQ(found->entries[0].image, "abc");
  EXPECT_EQ(found->entries[1].repository, "quay.io/app");
  EXPECT_EQ(found->entries[1].digest(), "sha256:2");
}

TEST(ListStore, SharesTheNamesOfImages) {
  const TemporaryHome home;
  const storage::ListStore lists(home.layout());
  storage::List list;
  list.id = std::string(64, '2');
  lists.save(list);
  home.add_image('1', {}, {"localhost/app:1", "localhost/other:1"});

  lists.tag(list.id, "localhost/app:1");
  lists.tag(list.id, "localhost/app:2");

  EXPECT_EQ(lists.find(list.id, true)->names,
            (std::vector<std::string>{"localhost/app:1", "localhost/app:2"}));
  EXPECT_EQ(storage::ImageStore(home.layout()).list().at(0).names,
            (std::vector<std::string>{"localhost/other:1"}));
  EXPECT_TRUE(lists.remove(list.id));
  EXPECT_FALSE(lists.remove(list.id));
  EXPECT_EQ(storage::find_id(home.layout(), "localhost/app:2"), std::nullopt);
}

}  // namespace
