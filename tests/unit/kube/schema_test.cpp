#include "pkg/kube/schema.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace {

using kube::schema::Field;
using kube::schema::Object;
using kube::schema::Shape;
using kube::schema::Support;

// Every object that can be reached from a Pod.
std::set<const Object*> all_objects() {
  std::set<const Object*> seen;
  std::vector<const Object*> open = {&kube::schema::kPod};
  while (!open.empty()) {
    const Object* object = open.back();
    open.pop_back();
    if (object == nullptr || !seen.insert(object).second) continue;
    open.push_back(object->base);
    for (const Field& field : object->fields)
      open.push_back(field.object);
  }
  return seen;
}

std::size_t count(const Object& object) {
  return object.fields.size() + (object.base == nullptr ? 0 : object.base->fields.size());
}

TEST(Schema, HasEveryFieldOnce) {
  for (const Object* object : all_objects()) {
    std::set<std::string> seen;
    for (const Object* part = object; part != nullptr; part = part->base) {
      for (const Field& field : part->fields)
        EXPECT_TRUE(seen.insert(field.name).second) << object->name << "." << field.name;
    }
  }
}

TEST(Schema, TellsWhatIsInAnObject) {
  for (const Object* object : all_objects()) {
    for (const Field& field : object->fields) {
      const bool has_object = field.shape == Shape::Object || field.shape == Shape::Objects;
      EXPECT_EQ(field.object != nullptr, has_object) << object->name << "." << field.name;
    }
  }
}

TEST(Schema, GivesAReasonForWhatIsIgnored) {
  for (const Object* object : all_objects()) {
    for (const Field& field : object->fields) {
      const bool is_ignored = field.support == Support::Ignored;
      EXPECT_EQ(std::string(field.reason).empty(), !is_ignored)
          << object->name << "." << field.name;
    }
  }
}

TEST(Schema, KnowsAllThatKubernetesHasInItsObjects) {
  const std::pair<const Object*, std::size_t> cases[] = {{&kube::schema::kPod, 5},
                                                         {&kube::schema::kObjectMeta, 15},
                                                         {&kube::schema::kPodSpec, 41},
                                                         {&kube::schema::kContainer, 25},
                                                         {&kube::schema::kVolume, 31}};
  for (const auto& [object, fields] : cases)
    EXPECT_EQ(count(*object), fields) << object->name;
}

TEST(Schema, SuggestsWhatWasMeant) {
  using kube::schema::suggest;
  const Object& pod = kube::schema::kPod;
  const std::tuple<const Object*, const char*, const char*> cases[] = {
      {&kube::schema::kContainer, "imagePullPolcy", "; did you mean imagePullPolicy?"},
      {&kube::schema::kContainer, "Image", "; did you mean image?"},
      {&kube::schema::kObjectMeta, "restartPolicy", "; it belongs in spec"},
      {&kube::schema::kPodSpec, "livenessProbe", "; it belongs in spec.containers[]"},
      {&kube::schema::kContainer, "apiVersion", "; it belongs at the top"},
      {&kube::schema::kContainer, "zzzzzz", ""},
  };
  for (const auto& [object, name, text] : cases)
    EXPECT_EQ(suggest(*object, name, pod), text) << name;
}

}  // namespace
