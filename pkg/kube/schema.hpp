#pragma once

#include <span>
#include <string>
#include <string_view>

// The Kubernetes Pod API, v1.34 and what 1.35 adds, as tables: every field there is, and what we
// make of it.
namespace kube::schema {

enum class Shape {
  String,
  Bool,
  Integer,
  IntOrString,
  Quantity,
  Strings,     // a list of strings
  Integers,    // a list of numbers
  StringMap,   // names and strings
  Quantities,  // names and quantities
  Object,
  Objects,  // a list of objects
  Any,      // not looked into
};

enum class Support {
  Honoured,
  Later,    // named in a notice: "not supported yet"
  Ignored,  // named in a notice: "ignored: ...": it has no meaning on one machine
};

struct Object;

struct Field {
  const char* name = "";
  Shape shape = Shape::String;
  Support support = Support::Honoured;
  bool is_required = false;
  const Object* object = nullptr;  // of Object and Objects
  const char* reason = "";         // of Ignored
  std::string_view harmless;       // values that change nothing, so there is nothing to tell
  std::string_view words;          // the values it may have, with spaces between; empty: any
};

struct Object {
  const char* name = "";  // as Kubernetes calls the type
  std::span<const Field> fields;
  const Object* base = nullptr;  // whose fields it has as well
  const char* unique = "";       // the member that may not repeat in a list of these
};

extern const Object kPod;
extern const Object kObjectMeta;
extern const Object kPodSpec;
extern const Object kContainer;
extern const Object kEphemeralContainer;
extern const Object kVolume;
extern const Object kRemoteVolume;
extern const Object kVolumeResources;
extern const Object kLabelSelector;

const Field* find(const Object& object, std::string_view name);

// What an unknown field may have meant, as the end of a sentence: "; did you mean
// imagePullPolicy?",
// "; it belongs in spec.containers[]", or nothing. `root` is where everything begins.
std::string suggest(const Object& object, std::string_view name, const Object& root);

// For the tables: one word per kind of row.
constexpr Field honoured(const char* name, Shape shape, const Object* object = nullptr) {
  return {.name = name, .shape = shape, .object = object};
}
constexpr Field required(const char* name, Shape shape, const Object* object = nullptr) {
  return {.name = name, .shape = shape, .is_required = true, .object = object};
}
constexpr Field later(const char* name, Shape shape, const Object* object = nullptr) {
  return {.name = name, .shape = shape, .support = Support::Later, .object = object};
}
constexpr Field later_unless(const char* name, Shape shape, const char* harmless) {
  return {.name = name, .shape = shape, .support = Support::Later, .harmless = harmless};
}
constexpr Field ignored(const char* name, Shape shape, const char* reason,
                        const Object* object = nullptr) {
  return {.name = name,
          .shape = shape,
          .support = Support::Ignored,
          .object = object,
          .reason = reason};
}
constexpr Field ignored_unless(const char* name, Shape shape, const char* harmless,
                               const char* reason) {
  return {.name = name,
          .shape = shape,
          .support = Support::Ignored,
          .reason = reason,
          .harmless = harmless};
}
constexpr Field one_of(std::string_view words, Field field) {
  field.words = words;
  return field;
}

}  // namespace kube::schema
