#include "network/names.hpp"

#include "network/uplink.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>

#include <arpa/inet.h>

namespace network {
namespace {

constexpr const char* kHostResolvers = "/etc/resolv.conf";
constexpr const char* kHostNames = "/etc/hosts";
constexpr const char* kSystemdResolvers = "/run/systemd/resolve/resolv.conf";

// What resolv.conf(5) says, as far as it is of use elsewhere.
struct Resolvers {
  std::vector<std::string> servers;
  std::vector<std::string> searches;
  std::vector<std::string> options;
};

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> found;
  std::string spaced(line);
  std::ranges::replace(spaced, '\t', ' ');
  for (std::string& word : base::split(spaced, ' ')) {
    if (!word.empty()) found.push_back(std::move(word));
  }
  return found;
}

Resolvers read_resolvers(const std::string& path) {
  Resolvers resolvers;
  const std::string text = sys::find_file(path).value_or("");
  for (const std::string& line : base::split(text, '\n')) {
    std::vector<std::string> parts = words(base::trim(line));
    if (parts.size() < 2) continue;
    const std::string keyword = parts.front();
    parts.erase(parts.begin());
    if (keyword == "nameserver") resolvers.servers.push_back(parts.front());
    if (keyword == "search" || keyword == "domain") resolvers.searches = parts;
    if (keyword == "options") {
      resolvers.options.insert(resolvers.options.end(), parts.begin(), parts.end());
    }
  }
  return resolvers;
}

// A server on a loopback address, or one whose address only means something with an interface of
// the host's.
bool is_local(const std::string& server) {
  return server.starts_with("127.") || server == "::1" || server == "0.0.0.0" || server == "::" ||
         server.find('%') != std::string::npos;
}

Resolvers reachable_resolvers(const Config& config) {
  Resolvers resolvers = read_resolvers(kHostResolvers);
  const bool needs_more = std::ranges::all_of(resolvers.servers, is_local);
  if (config.mode == "host" || (!needs_more && !resolvers.servers.empty())) return resolvers;
  // systemd-resolved keeps a file with the servers behind its stub.
  Resolvers behind = read_resolvers(kSystemdResolvers);
  resolvers.servers = behind.servers;
  if (resolvers.searches.empty()) resolvers.searches = behind.searches;
  return resolvers;
}

// What the container asks; without servers of its own it asks the network's helper.
Resolvers resolvers_for(const Config& config) {
  Resolvers resolvers = reachable_resolvers(config);
  if (config.mode != "host") std::erase_if(resolvers.servers, is_local);
  if (!config.dns_servers.empty()) resolvers.servers = config.dns_servers;
  return resolvers;
}

std::string resolv_conf(const Config& config) {
  Resolvers resolvers = resolvers_for(config);
  if (resolvers.servers.empty() && config.mode != "host") {
    resolvers.servers = {find_uplink().prefix + "3"};
  }
  if (!config.dns_searches.empty()) resolvers.searches = config.dns_searches;
  if (!config.dns_options.empty()) resolvers.options = config.dns_options;
  std::erase(resolvers.searches, ".");  // "--dns-search ." asks for none

  std::string text;
  if (!resolvers.searches.empty()) text += "search " + base::join(resolvers.searches, " ") + "\n";
  for (const std::string& server : resolvers.servers)
    text += "nameserver " + server + "\n";
  if (!resolvers.options.empty()) text += "options " + base::join(resolvers.options, " ") + "\n";
  return text;
}

// Lines of hosts(5); a name is only ever said once, by who comes first.
class HostsFile {
 public:
  void add(const std::string& address, const std::vector<std::string>& names) {
    std::vector<std::string> fresh;
    for (const std::string& name : names) {
      if (!name.empty() && said_.emplace(address.find(':') != std::string::npos, name).second) {
        fresh.push_back(name);
      }
    }
    if (!fresh.empty()) text_ += address + "\t" + base::join(fresh, " ") + "\n";
  }
  // Whatever family the address has: the name is the user's now.
  void claim(const std::string& address, const std::vector<std::string>& names) {
    add(address, names);
    for (const std::string& name : names) {
      said_.emplace(true, name);
      said_.emplace(false, name);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::set<std::pair<bool, std::string>> said_;
  std::string text_;
};

void add_users(HostsFile& file, const Config& config, const std::string& host) {
  for (const std::string& entry : config.hosts) {
    const auto [names, address] = base::split_once(entry, ':');
    const std::string ip = address.value_or("") == "host-gateway" ? host : address.value_or("");
    if (names.empty() || !is_address(ip)) {
      throw base::Error(
          fmt::format("host entry {}: expected NAME:ADDRESS", base::shell_quote(entry)));
    }
    file.claim(ip, base::split(names, ';'));
  }
}

// By which the container reaches the host; "" when it cannot, or when nobody wants to know.
std::string host_address(const Config& config) {
  if (config.mode == "host") return "127.0.0.1";
  const bool is_named = std::ranges::any_of(
      config.hosts, [](const std::string& entry) { return entry.ends_with(":host-gateway"); });
  const bool is_alone = config.mode == "none" || config.mode == "private";
  return is_alone && !is_named ? "" : find_uplink().address;
}

// The host's own, as the peers give them; but what is on a loopback address there is not here.
void add_hosts_of_host(HostsFile& file, const Config& config, const std::vector<std::string>& own) {
  for (const std::string& line : base::split(sys::find_file(kHostNames).value_or(""), '\n')) {
    std::vector<std::string> parts = words(base::trim(line.substr(0, line.find('#'))));
    if (parts.size() < 2 || !is_address(parts.front())) continue;
    const std::string address = parts.front();
    if (config.mode != "host" && is_local(address)) continue;
    parts.erase(parts.begin());
    std::erase_if(parts, [&](const auto& name) { return std::ranges::count(own, name) > 0; });
    file.add(address, parts);
  }
}

std::string hosts(const Config& config, const Names& names) {
  const std::string host = host_address(config);
  HostsFile file;
  add_users(file, config, host);
  file.add("127.0.0.1", {"localhost"});
  file.add("::1", {"localhost", "ip6-localhost", "ip6-loopback"});
  const bool reaches_host = config.mode != "none" && config.mode != "private" && !host.empty();
  if (reaches_host) file.add(host, {"host.containers.internal", "host.docker.internal"});
  std::vector<std::string> own{names.hostname};
  own.insert(own.end(), names.aliases.begin(), names.aliases.end());
  add_hosts_of_host(file, config, own);
  file.add(names.address.empty() ? "127.0.1.1" : names.address, own);
  return file.text();
}

}  // namespace

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return ::inet_pton(AF_INET, text.c_str(), parsed.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), parsed.data()) == 1;
}

void validate_hostname(const std::string& name) {
  constexpr std::size_t kMost = 64;  // HOST_NAME_MAX of the kernel
  const bool is_plain = std::ranges::all_of(name, [](unsigned char character) {
    return std::isalnum(character) != 0 || character == '-' || character == '.' || character == '_';
  });
  if (name.size() <= kMost && is_plain) return;
  throw base::Error(fmt::format("hostname {}: at most 64 letters, digits, '-', '.' and '_'",
                                base::shell_quote(name)));
}

bool asks_helper(const Config& config) {
  return config.mode != "host" && resolvers_for(config).servers.empty();
}

void write_names(const std::string& directory, const Config& config, const Names& names) {
  if (!config.no_hosts) sys::replace_file(directory + "/hosts", hosts(config, names));
  const bool keeps_image = config.dns_servers == std::vector<std::string>{"none"};
  if (!keeps_image) sys::replace_file(directory + "/resolv.conf", resolv_conf(config));
  if (!config.no_hostname) sys::replace_file(directory + "/hostname", names.hostname + "\n");
}

}  // namespace network
