#include "cmd/pod/zero_fields.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pod {
namespace {

using base::Json;
using Zeros = std::vector<std::pair<std::string, Json>>;

void add(Json& object, const Zeros& zeros) {
  if (!object.is_object()) return;
  for (const auto& [name, zero] : zeros) {
    if (object.find(name) == nullptr) object[name + "()"] = zero;
  }
}

// The same for each element of a member that is a list.
void add_to_each(Json& object, const char* list, const Zeros& zeros) {
  const Json* const all = object.find(list);
  if (all == nullptr || !all->is_array()) return;
  Json elements = Json::array();
  for (Json element : all->as_array()) {
    add(element, zeros);
    elements.push_back(std::move(element));
  }
  object[list] = std::move(elements);
}

}  // namespace

void add_container_zeros(Json& container) {
  add(container, {{"SizeRw", {}}, {"SizeRootFs", {}}});
  add(container["Config"],
      {{"Healthcheck", {}}, {"StartupHealthCheck", {}}, {"HealthcheckOnFailureAction", ""}});
  add(container["HostConfig"], {{"IDMappings", {}}, {"IntelRdtClosID", ""}});
  Json& state = container["State"];
  if (const Json* health = state.find("Health")) state["Healthcheck()"] = Json(*health);
  add_to_each(container, "Mounts", {{"Name", ""}, {"SubPath", ""}});
}

void add_image_zeros(Json& image) {
  add(image, {{"HealthCheck", {}}, {"Healthcheck", {}}, {"Variant", ""}});
  add(image["Config"], {{"User", ""},
                        {"ExposedPorts", {}},
                        {"Env", {}},
                        {"Entrypoint", {}},
                        {"Cmd", {}},
                        {"Volumes", {}},
                        {"WorkingDir", ""},
                        {"Labels", {}},
                        {"StopSignal", ""},
                        {"OnBuild", {}},
                        {"Shell", {}},
                        {"Healthcheck", {}},
                        {"ArgsEscaped", false}});
  add_to_each(image, "History",
              {{"created_by", ""}, {"author", ""}, {"comment", ""}, {"empty_layer", false}});
}

void add_volume_zeros(Json& volume) {
  add(volume, {{"Status", Json::object()},
               {"UID", 0},
               {"GID", 0},
               {"Anonymous", false},
               {"MountCount", 0},
               {"NeedsCopyUp", false},
               {"NeedsChown", false},
               {"Timeout", 0},
               {"StorageID", ""},
               {"LockNumber", 0}});
}

}  // namespace pod
