#include "pkg/kube/check.hpp"

#include "pkg/base/text.hpp"
#include "pkg/kube/quantity.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

// The tables and the document are both trees of bounded depth: recursion follows them.
// NOLINTBEGIN(misc-no-recursion)
namespace kube {
namespace {

using schema::Field;
using schema::Object;
using schema::Shape;
using schema::Support;

class Checker {
 public:
  explicit Checker(Report& report) : report_(report) {}

  // `quiet`: below a field that is named in a notice already.
  void check_object(const Node& node, const Object& object, const std::string& path, bool quiet) {
    if (!node.is_map()) return expect("a map", node, path);
    for (const Node::Member& member : node.members)
      check_member(member, object, join(path, member.key), quiet);
    for (const Object* part = &object; part != nullptr; part = part->base) {
      for (const Field& field : part->fields) {
        if (!field.is_required || node.find(field.name) != nullptr) continue;
        report_.error(node.line, join(path, field.name), "missing");
      }
    }
  }

 private:
  void expect(std::string_view wanted, const Node& node, const std::string& path) {
    report_.error(node.line, path, fmt::format("expected {}, found {}", wanted, node.describe()));
  }

  void check_member(const Node::Member& member, const Object& object, const std::string& path,
                    bool quiet) {
    const Field* field = schema::find(object, member.key);
    if (field == nullptr) {
      report_.error(member.line, path,
                    "unknown field" + schema::suggest(object, member.key, schema::kPod));
      return;
    }
    if (member.value.kind == Node::Kind::Null) return;
    const bool is_told = !quiet && field->support != Support::Honoured;
    if (is_told) tell(*field, member, path);
    check_value(member.value, *field, path, quiet || is_told);
  }

  void tell(const Field& field, const Node::Member& member, const std::string& path) {
    const Node& value = member.value;
    if (value.is_empty()) return;
    const std::vector<std::string> harmless = base::split(field.harmless, ' ');
    const bool is_harmless =
        std::find(harmless.begin(), harmless.end(), value.text) != harmless.end();
    if (value.kind == Node::Kind::Scalar && is_harmless) return;
    if (field.support == Support::Later) {
      report_.notice(member.line, path, "not supported yet");
    } else {
      report_.notice(member.line, path, fmt::format("ignored: {}", field.reason));
    }
  }

  void check_value(const Node& node, const Field& field, const std::string& path, bool quiet) {
    switch (field.shape) {
      case Shape::Any:
        return;
      case Shape::Object:
        return check_object(node, *field.object, path, quiet);
      case Shape::Objects:
        return check_objects(node, *field.object, path, quiet);
      case Shape::Strings:
      case Shape::Integers:
        return check_list(node, field, path);
      case Shape::StringMap:
      case Shape::Quantities:
        return check_map(node, field.shape == Shape::StringMap ? Shape::String : Shape::Quantity,
                         path);
      default:
        check_scalar(node, field.shape, path);
        return check_words(node, field, path);
    }
  }

  void check_objects(const Node& node, const Object& object, const std::string& path, bool quiet) {
    if (!node.is_sequence()) return expect("a list", node, path);
    std::map<std::string, int> seen;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      check_object(item, object, join(path, i), quiet);
      const Node* key = item.find(object.unique);
      if (key == nullptr || key->kind != Node::Kind::Scalar) continue;
      const auto [first, is_new] = seen.emplace(key->text, key->line);
      if (is_new) continue;
      report_.error(key->line, join(join(path, i), object.unique),
                    fmt::format("{} is taken in line {}", key->text, first->second));
    }
  }

  void check_list(const Node& node, const Field& field, const std::string& path) {
    if (!node.is_sequence()) return expect("a list", node, path);
    const Shape shape = field.shape == Shape::Strings ? Shape::String : Shape::Integer;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      check_scalar(node.items[i], shape, join(path, i));
      check_words(node.items[i], field, join(path, i));
    }
  }

  void check_map(const Node& node, Shape shape, const std::string& path) {
    if (!node.is_map()) return expect("a map", node, path);
    for (const Node::Member& member : node.members) {
      if (member.value.kind == Node::Kind::Null) continue;
      check_scalar(member.value, shape, fmt::format("{}[{}]", path, member.key));
    }
  }

  void check_scalar(const Node& node, Shape shape, const std::string& path) {
    if (shape == Shape::Bool && !node.as_bool()) return expect("true or false", node, path);
    if (shape == Shape::Integer && !node.as_integer()) return expect("a whole number", node, path);
    if (shape == Shape::IntOrString && !node.as_integer() && !node.is_string()) {
      return expect("a whole number or a string", node, path);
    }
    if (shape == Shape::Quantity) return check_quantity(node, path);
    if (shape == Shape::String && !node.is_string()) {
      if (node.kind != Node::Kind::Scalar) return expect("a string", node, path);
      report_.error(node.line, path,
                    fmt::format("expected a string, found {}; put it in quotes: \"{}\"",
                                node.describe(), node.text));
    }
  }

  // Nothing is as good as not said: then Kubernetes fills in what is usual.
  void check_words(const Node& node, const Field& field, const std::string& path) {
    if (field.words.empty() || !node.is_string() || node.text.empty()) return;
    const std::vector<std::string> words = base::split(field.words, ' ');
    if (const std::string wrong = not_one_of(node.text, words); !wrong.empty()) {
      report_.error(node.line, path, wrong);
    }
  }

  void check_quantity(const Node& node, const std::string& path) {
    if (node.kind != Node::Kind::Scalar || node.as_bool()) return expect("a quantity", node, path);
    const auto quantity = Quantity::parse(node.text);
    if (!quantity) {
      report_.error(node.line, path,
                    fmt::format("{} is not a quantity, such as 500m, 64Mi or 1.5", node.text));
    } else if (quantity->is_negative()) {
      report_.error(node.line, path, fmt::format("{} is less than nothing", node.text));
    }
  }

  Report& report_;
};

}  // namespace

std::string not_one_of(const std::string& text, const std::vector<std::string>& words) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return "";
  const auto near = base::suggest(text, words);
  return fmt::format("{} is not one of {}{}", text, base::join(words, ", "),
                     near ? "; did you mean " + *near + "?" : "");
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string join(const std::string& path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

void check(const Node& pod, const std::string& path, Report& report) {
  Checker(report).check_object(pod, schema::kPod, path, false);
}

}  // namespace kube
// NOLINTEND(misc-no-recursion)
