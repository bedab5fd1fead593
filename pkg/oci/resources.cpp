#include "pkg/oci/resources.hpp"

#include "pkg/oci/members.hpp"

#include <array>

namespace oci {
namespace {

using base::Json;

// How the specification and the file io.max call a rate.
constexpr std::array<std::pair<const char*, const char*>, 4> kRates = {
    {{"throttleReadBpsDevice", "rbps"},
     {"throttleWriteBpsDevice", "wbps"},
     {"throttleReadIOPSDevice", "riops"},
     {"throttleWriteIOPSDevice", "wiops"}}};

void parse_block_io(const Json& json, Resources& resources) {
  resources.io_weight = find_number<std::uint64_t>(json, "weight");
  if (resources.io_weight == 0U) resources.io_weight.reset();
  for (const Json& device : json.array_or_none("weightDevice")) {
    if (!member(device, "leafWeight").is_null()) {
      throw base::Error("weightDevice: leafWeight: cgroups of version 2 have no such limit");
    }
    resources.io_device_weights.push_back({number_or<std::int64_t>(device, "major", 0),
                                           number_or<std::int64_t>(device, "minor", 0),
                                           number_or<std::uint64_t>(device, "weight", 0)});
  }
  for (const auto& [key, what] : kRates) {
    for (const Json& device : json.array_or_none(key)) {
      resources.io_rates.push_back({number_or<std::int64_t>(device, "major", 0),
                                    number_or<std::int64_t>(device, "minor", 0), what,
                                    number_or<std::uint64_t>(device, "rate", 0)});
    }
  }
}

Json device_number(std::int64_t major, std::int64_t minor) {
  return Json::object({{"major", major}, {"minor", minor}});
}

Json block_io_json(const Resources& resources) {
  Json json = Json::object();
  put_number(json, "weight", resources.io_weight);
  for (const DeviceWeight& device : resources.io_device_weights) {
    Json entry = device_number(device.major, device.minor);
    entry["weight"] = device.weight;
    json["weightDevice"].push_back(std::move(entry));
  }
  for (const auto& [key, what] : kRates) {
    for (const DeviceRate& device : resources.io_rates) {
      if (device.what != what) continue;
      Json entry = device_number(device.major, device.minor);
      entry["rate"] = device.rate;
      json[key].push_back(std::move(entry));
    }
  }
  return json;
}

void parse_cpu(const Json& cpu, Resources& resources) {
  resources.cpu_shares = find_number<std::uint64_t>(cpu, "shares");
  resources.cpu_quota = find_number<std::int64_t>(cpu, "quota");
  resources.cpu_period = find_number<std::uint64_t>(cpu, "period");
  resources.cpu_burst = find_number<std::uint64_t>(cpu, "burst");
  resources.cpu_idle = find_number<std::int64_t>(cpu, "idle");
  resources.cpuset_cpus = cpu.string_or("cpus", "");
  resources.cpuset_mems = cpu.string_or("mems", "");
}

Json cpu_json(const Resources& resources) {
  Json cpu = Json::object();
  put_number(cpu, "shares", resources.cpu_shares);
  put_number(cpu, "quota", resources.cpu_quota);
  put_number(cpu, "period", resources.cpu_period);
  put_number(cpu, "burst", resources.cpu_burst);
  put_number(cpu, "idle", resources.cpu_idle);
  put(cpu, "cpus", resources.cpuset_cpus);
  put(cpu, "mems", resources.cpuset_mems);
  return cpu;
}

void parse_others(const Json& json, Resources& resources) {
  for (const Json& page : json.array_or_none("hugepageLimits")) {
    resources.huge_pages[page.at("pageSize").as_string()] =
        number_of<std::uint64_t>(page.at("limit"));
  }
  for (const auto& [device, limit] : json.object_or_none("rdma")) {
    resources.rdma[device] = {find_number<std::uint32_t>(limit, "hcaHandles"),
                              find_number<std::uint32_t>(limit, "hcaObjects")};
  }
  for (const Json& rule : json.array_or_none("devices"))
    resources.denies_devices = resources.denies_devices || !rule.bool_or("allow", false);
}

Json huge_pages_json(const Resources& resources) {
  Json json = Json::array();
  for (const auto& [size, limit] : resources.huge_pages)
    json.push_back(Json::object({{"pageSize", size}, {"limit", limit}}));
  return json;
}

Json rdma_json(const Resources& resources) {
  Json json = Json::object();
  for (const auto& [device, limit] : resources.rdma) {
    Json entry = Json::object();
    put_number(entry, "hcaHandles", limit.handles);
    put_number(entry, "hcaObjects", limit.objects);
    json[device] = std::move(entry);
  }
  return json;
}

}  // namespace

Resources Resources::parse(const Json& json) {
  Resources resources;
  const Json& memory = member(json, "memory");
  resources.memory_limit = find_number<std::int64_t>(memory, "limit");
  resources.memory_swap = find_number<std::int64_t>(memory, "swap");
  resources.memory_reservation = find_number<std::int64_t>(memory, "reservation");
  resources.checks_memory = memory.bool_or("checkBeforeUpdate", false);
  within("cpu", [&] { parse_cpu(member(json, "cpu"), resources); });
  resources.pids_limit = find_number<std::int64_t>(member(json, "pids"), "limit");
  within("blockIO", [&] { parse_block_io(member(json, "blockIO"), resources); });
  parse_others(json, resources);
  resources.unified = parse_map(json, "unified");
  return resources;
}

Resources Resources::parse_config(const Json& json) {
  refuse_resources(json);
  return parse(json);
}

Json Resources::json() const {
  Json memory = Json::object();
  put_number(memory, "limit", memory_limit);
  put_number(memory, "swap", memory_swap);
  put_number(memory, "reservation", memory_reservation);
  put(memory, "checkBeforeUpdate", checks_memory);
  Json pids = Json::object();
  put_number(pids, "limit", pids_limit);
  Json json = Json::object();
  put(json, "memory", std::move(memory));
  put(json, "cpu", cpu_json(*this));
  put(json, "pids", std::move(pids));
  put(json, "blockIO", block_io_json(*this));
  put(json, "hugepageLimits", huge_pages_json(*this));
  put(json, "rdma", rdma_json(*this));
  put(json, "unified", map_json(unified));
  return json;
}

bool Resources::empty() const {
  Resources others = *this;
  others.denies_devices = false;
  others.checks_memory = false;
  return others == Resources();
}

}  // namespace oci
