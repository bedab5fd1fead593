#include "tests/support/image.hpp"

#include "tests/support/tar_text.hpp"

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
  TarText tar;
  for (const char* folder : {"bin", "etc", "home", "root", "var"}) {
    tar.directory(folder);
  }
  tar.add({.path = "tmp", .type = '5', .mode = 01777});
  tar.add({.path = "home/user", .type = '5', .mode = 0755, .uid = 1000, .gid = 1000});
  tar.add({.path = "etc/passwd",
           .body = "root:x:0:0:root:/root:/bin/sh\n"
                   "user:x:1000:1000:user:/home/user:/bin/sh\n"});
  tar.add({.path = "etc/group",
           .body = "root:x:0:\nuser:x:1000:\nextra:x:2000:user\nwheel:x:10:root\n"});
  tar.add({.path = "etc/secret", .body = "secret\n", .mode = 0600});
  tar.add({.path = "bin/probe", .body = read(PROBE_PROGRAM), .mode = 0755});
  tar.add({.path = "bin/not-executable", .body = "text\n", .mode = 0644});
  tar.add({.path = "bin/no-program", .body = "text\n", .mode = 0755});
  if (!busybox().empty()) {
    tar.add({.path = "bin/busybox", .body = read(busybox()), .mode = 0755});
    for (const char* applet : kApplets) {
      tar.add({.path = std::string("bin/") + applet, .type = '2', .link = "busybox"});
    }
  }
  return tar.end();
}

}  // namespace support
