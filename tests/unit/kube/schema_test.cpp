#include "pkg/kube/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
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

std::string text_of(const Field& field) {
  const char* kWords[] = {"string",       "bool",    "integer",  "int|string",
                          "quantity",     "strings", "integers", "string-map",
                          "quantity-map", "",        "",         "any"};
  std::string type = kWords[static_cast<std::size_t>(field.shape)];
  if (field.shape == Shape::Object) type = field.object->name;
  if (field.shape == Shape::Objects) type = std::string("[") + field.object->name + "]";
  return std::string(field.name) + ":" + type + (field.is_required ? "!" : "");
}

std::string text_of(const Object& object) {
  std::set<std::string> fields;
  for (const Object* part = &object; part != nullptr; part = part->base) {
    for (const Field& field : part->fields)
      fields.insert(text_of(field));
  }
  std::string text = object.name;
  for (const std::string& field : fields)
    text += " " + field;
  return text;
}

TEST(Schema, HasTheFieldsThatKubernetesHas) {
  std::set<std::string> api;
  std::ifstream file(DATA_FOLDER "/pod-api.txt");
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with('#')) api.insert(line);

  std::set<std::string> ours;
  for (const Object* object : all_objects())
    if (object != &kube::schema::kRemoteVolume) ours.insert(text_of(*object));

  std::vector<std::string> differences;
  std::set_symmetric_difference(api.begin(), api.end(), ours.begin(), ours.end(),
                                std::back_inserter(differences));
  for (const std::string& difference : differences)
    ADD_FAILURE() << (api.count(difference) != 0 ? "in the API: " : "in the tables: ")
                  << difference;
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
