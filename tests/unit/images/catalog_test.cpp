#include "pkg/images/catalog.hpp"

#include "pkg/base/error.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/sys/dir.hpp"
#include "storage/list_store.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

namespace {

const std::string kOne(64, '1');
const std::string kAlpine = "docker.io/library/alpine:latest";

std::vector<std::string> ids(const std::vector<storage::Image>& images) {
  std::vector<std::string> digits;
  for (const storage::Image& image : images)
    digits.push_back(image.id.substr(0, 1));
  return digits;
}

int status_of(const home::Home& home, const std::string& text, bool force,
              const std::vector<std::string>& used_by) {
  try {
    images::remove(home, text, force, [&] { return used_by; });
    return 0;
  } catch (const base::Error& error) {
    return error.status();
  }
}

TEST(Catalog, ListsImagesThatFitAllFilters) {
  const TemporaryHome temporary;
  temporary.add_image('1', {}, {kAlpine, "quay.io/team/web:2"});
  temporary.add_image('2', {}, {});
  const std::pair<std::vector<std::string>, std::vector<std::string>> cases[] = {
      {{}, {"1", "2"}},
      {{"reference=alpine"}, {"1"}},
      {{"reference=alp*"}, {"1"}},
      {{"reference=*/web"}, {"1"}},
      {{"reference=quay.io/*/*:2"}, {"1"}},
      {{"reference=debian"}, {}},
      {{"reference=debian", "reference=alpine:latest"}, {"1"}},
      {{"dangling=true"}, {"2"}},
      {{"label=a"}, {"1", "2"}},
      {{"label=a=b", "label=x"}, {}},
      {{"label!=x", "dangling=false"}, {"1"}},
      {{"id=22"}, {"2"}},
      {{"since=" + kOne}, {}},
      {{"until=2026-01-01"}, {}},
      {{"until=2027-01-01"}, {"1", "2"}},
  };
  for (const auto& [filters, expected] : cases) {
    EXPECT_EQ(ids(images::list(temporary.home(), filters)), expected)
        << testing::PrintToString(filters);
  }
}

TEST(Catalog, ListsManifestListsAmongImages) {
  const TemporaryHome temporary;
  const storage::ListStore lists(temporary.layout());
  temporary.add_image('1', {}, {kAlpine});
  temporary.add_image('2', {}, {});
  storage::List list;
  list.id = std::string(64, '3');
  list.entries.push_back({.descriptor = {}, .image = std::string(64, '2'), .repository = ""});
  lists.save(list);
  lists.tag(list.id, "localhost/list:1");
  const std::pair<std::vector<std::string>, std::vector<std::string>> cases[] = {
      {{}, {"1", "2", "3"}},       {{"manifest=true"}, {"3"}}, {{"manifest=false"}, {"1", "2"}},
      {{"reference=list"}, {"3"}}, {{"dangling=true"}, {}},
  };
  for (const auto& [filters, expected] : cases) {
    EXPECT_EQ(ids(images::list(temporary.home(), filters)), expected)
        << testing::PrintToString(filters);
  }
}

TEST(Catalog, FindsShortNamesByTheEndOfAName) {
  const TemporaryHome temporary;
  temporary.add_image('1', {}, {"quay.io/team/web:2"});
  temporary.add_image('2', {}, {"quay.io/other:2", "quay.io/other/base:1"});
  temporary.add_image('3', {}, {"localhost/base:1"});
  const std::pair<const char*, const char*> cases[] = {
      {"web:2", "1"}, {"team/web:2", "1"}, {"web", ""}, {"eb:2", ""}, {"base:1", "3"}};
  for (const auto& [text, expected] : cases) {
    const auto found = images::find(temporary.home(), text);
    EXPECT_EQ(found ? found->id.substr(0, 1) : "", expected) << text;
  }
}

TEST(Catalog, RefusesFiltersItDoesNotKnow) {
  const TemporaryHome temporary;

  EXPECT_THROW(images::list(temporary.home(), {"color=red"}), base::Error);
  EXPECT_THROW(images::list(temporary.home(), {"dangling"}), base::Error);
  EXPECT_THROW(images::list(temporary.home(), {"dangling=perhaps"}), base::Error);
  EXPECT_THROW(images::list(temporary.home(), {"before=nothing"}), base::Error);
}

TEST(Catalog, TagsImagesLocallyUnlessTold) {
  const TemporaryHome temporary;
  temporary.add_image('1', {}, {kAlpine});

  images::tag(temporary.home(), "alpine", "mine");
  images::tag(temporary.home(), "mine", "quay.io/mine:3");

  EXPECT_EQ(images::find_named(temporary.home(), "mine", true)->image.names,
            (std::vector<std::string>{kAlpine, "localhost/mine:latest", "quay.io/mine:3"}));
  EXPECT_THROW(images::tag(temporary.home(), "nothing", "x"), base::Error);
}

TEST(Catalog, RemovesANameFirstAndTheImageWithItsLast) {
  const TemporaryHome temporary;
  const storage::Layer layer = temporary.add_layer('a', "", {{"bin/sh", "x"}});
  temporary.add_image('1', {layer.id}, {kAlpine, "localhost/mine:latest"});

  const images::Removal first = images::remove(temporary.home(), "mine", false,
                                               [] { return std::vector<std::string>{"c0ffee"}; });
  const images::Removal last =
      images::remove(temporary.home(), "alpine", false, [] { return std::vector<std::string>{}; });

  EXPECT_EQ(first.untagged, std::vector<std::string>{"localhost/mine:latest"});
  EXPECT_TRUE(first.deleted.empty());
  EXPECT_EQ(last.untagged, std::vector<std::string>{kAlpine});
  EXPECT_EQ(last.deleted, std::vector<std::string>{kOne});
  EXPECT_TRUE(sys::list_dir(temporary.layout().layers()).empty());
  EXPECT_TRUE(sys::list_dir(temporary.layout().trash()).empty());
}

TEST(Catalog, RemovalEndsWithTheStatusesOfTheField) {
  const TemporaryHome temporary;
  temporary.add_image('1', {}, {kAlpine, "localhost/mine:latest"});

  EXPECT_EQ(status_of(temporary.home(), "nothing", false, {}), 1);
  EXPECT_EQ(status_of(temporary.home(), "nothing", true, {}), 0);
  EXPECT_EQ(status_of(temporary.home(), kOne, false, {}), 125);
  EXPECT_EQ(status_of(temporary.home(), kOne, true, {"c0ffee"}), 2);
  EXPECT_EQ(status_of(temporary.home(), kOne, true, {}), 0);
  EXPECT_FALSE(images::find(temporary.home(), kOne));
}

TEST(Catalog, InspectsAsThePeersDo) {
  const TemporaryHome temporary;
  const storage::Layer layer = temporary.add_layer('a', "", {});
  const storage::Layer top = temporary.add_layer('b', layer.id, {});
  temporary.add_image('1', {layer.id, top.id}, {kAlpine});

  const base::Json json = images::inspect(
      temporary.home(), images::find_named(temporary.home(), "alpine", true)->image);

  EXPECT_EQ(json.at("Id").as_string(), kOne);
  EXPECT_EQ(json.at("RepoTags").as_strings(), std::vector<std::string>{kAlpine});
  EXPECT_EQ(json.at("Config").at("Cmd").as_strings(), std::vector<std::string>{"sh"});
  EXPECT_EQ(json.at("Created").as_string(), "2026-01-02T03:04:05Z");
  EXPECT_EQ(json.at("Architecture").as_string(), "amd64");
  EXPECT_EQ(json.at("RootFS").at("Type").as_string(), "layers");
  EXPECT_EQ(json.at("Labels").at("a").as_string(), "b");
  EXPECT_EQ(json.at("GraphDriver").at("Data").at("LowerDir").as_string(),
            storage::LayerStore(temporary.layout()).root(layer.id));
  EXPECT_EQ(json.at("GraphDriver").at("Data").at("UpperDir").as_string(),
            storage::LayerStore(temporary.layout()).root(top.id));
  EXPECT_TRUE(json.at("History").is_null());
}

TEST(Catalog, KnowsWhereAnImageCanBeHadFrom) {
  storage::Image image;
  image.manifest_digest = "sha256:d";
  image.repo_digests = {"quay.io/web@sha256:d"};
  image.names = {"localhost:5000/web:1", "quay.io/web:2"};

  EXPECT_EQ(images::repo_digests(image),
            (std::vector<std::string>{"quay.io/web@sha256:d", "localhost:5000/web@sha256:d"}));
}

}  // namespace
