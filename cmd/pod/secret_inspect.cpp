#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "storage/secret_store.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

using base::Json;

Json object_of(const storage::SecretStore& store, const storage::Secret& secret, bool show) {
  Json labels = Json::object();
  for (const auto& [key, value] : secret.labels)
    labels[key] = value;
  Json json = Json::object(
      {{"ID", secret.id},
       {"CreatedAt", base::rfc3339_utc(secret.created)},
       {"UpdatedAt", base::rfc3339_utc(secret.created)},
       {"Spec",
        Json::object({{"Name", secret.name},
                      {"Driver", Json::object({{"Name", "file"}, {"Options", Json::object()}})},
                      {"Labels", labels}})}});
  if (show) json["SecretData"] = store.value(secret);
  return json;
}

std::string pretty(const Json& json) {
  const Json& spec = json.at("Spec");
  std::string labels;
  for (const auto& [key, value] : spec.at("Labels").as_object())
    labels += fmt::format(" - {}={}\n", key, value.as_string());
  std::string text = fmt::format(
      "ID:              {}\nName:            {}\n{}Driver:          file\nCreated at:      {}\n"
      "Updated at:      {}\n",
      json.at("ID").as_string(), spec.at("Name").as_string(),
      labels.empty() ? "" : "Labels:\n" + labels, json.at("CreatedAt").as_string(),
      json.at("UpdatedAt").as_string());
  if (const Json* value = json.find("SecretData")) {
    text += "Secret:          " + value->as_string() + "\n";
  }
  return text;
}

}  // namespace

int secret_inspect(Arguments arguments) {
  std::string format;
  bool is_pretty = false;
  bool show = false;
  std::vector<std::string> names;

  cli::Options options("Show everything about secrets, but what they are");
  options.value("-f,--format", format, "json, or a Go template")
      .flag("--pretty", is_pretty, "For people")
      .flag("--showsecret", show, "The secrets themselves, too")
      .rest("SECRET", names, 1);
  options.parse(arguments);
  if (is_pretty && !format.empty()) throw base::Error("--pretty and --format do not go together");

  const storage::SecretStore store{storage::Layout(home::Home::open())};
  Json::Array found;
  Outcome outcome(arguments.command);
  for (const std::string& name : names)
    outcome.attempt([&] { found.push_back(object_of(store, store.get(name), show)); });
  if (!is_pretty) cli::print(cli::format_objects(format, found));
  for (const Json& json : found)
    if (is_pretty) cli::print(pretty(json));
  return outcome.status();
}

}  // namespace pod
