#include "tests/support/image.hpp"

#include "tests/support/tar.hpp"

#include <fstream>
#include <sstream>
#include <vector>

#include <unistd.h>

namespace support {
namespace {

constexpr const char* kApplets[] = {
    "sh",    "cat",  "ls",       "sleep", "true",   "false", "echo", "id",     "env",    "hostname",
    "httpd", "nc",   "ps",       "stat",  "grep",   "mount", "ln",   "dd",     "kill",   "readlink",
    "touch", "rm",   "mkdir",    "tee",   "head",   "tail",  "wc",   "wget",   "ip",     "ifconfig",
    "date",  "test", "nslookup", "seq",   "printf", "tty",   "stty", "mkfifo", "usleep", "df"};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string busybox() {
  for (const char* path : {"/usr/bin/busybox", "/bin/busybox"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "";
}

std::string make_image_tar() {
  std::vector<TarEntry> entries;
  for (const char* folder : {"bin", "etc", "home", "root", "var"}) {
    entries.push_back({.path = folder, .type = '5', .mode = 0755});
  }
  entries.push_back({.path = "tmp", .type = '5', .mode = 01777});
  entries.push_back({.path = "home/user", .type = '5', .mode = 0755, .uid = 1000, .gid = 1000});
  entries.push_back({.path = "etc/passwd",
                     .content = "root:x:0:0:root:/root:/bin/sh\n"
                                "user:x:1000:1000:user:/home/user:/bin/sh\n"});
  entries.push_back(
      {.path = "etc/group", .content = "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n"});
  entries.push_back({.path = "etc/secret", .content = "secret\n", .mode = 0600});
  entries.push_back({.path = "bin/probe", .content = read(PROBE_PROGRAM), .mode = 0755});
  entries.push_back({.path = "bin/not-executable", .content = "text\n", .mode = 0644});
  entries.push_back({.path = "bin/no-program", .content = "text\n", .mode = 0755});
  if (!busybox().empty()) {
    entries.push_back({.path = "bin/busybox", .content = read(busybox()), .mode = 0755});
    for (const char* applet : kApplets) {
      entries.push_back({.path = std::string("bin/") + applet, .type = '2', .link = "busybox"});
    }
  }
  return make_tar(entries);
}

}  // namespace support
