#include "tests/support/registry_docker.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/registry_stream.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {
namespace {

// Of "tester" and "a:secret"; htpasswd -nbB.
constexpr auto kPasswords = "tester:$2y$05$Y/ARiNKq5bQyf2wqP1r/WeyXtMbNX0LH9lMO8xV1DNBfv.Z4RIeqO\n";

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* any = &address;
  ::bind(socket, static_cast<sockaddr*>(any), size);
  ::getsockname(socket, static_cast<sockaddr*>(any), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::string configuration(const std::string& folder, const Authority& authority, int port,
                          bool with_login) {
  std::string text =
      "version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\n"
      "storage:\n  filesystem:\n    rootdirectory: " +
      folder +
      "/blobs\n"
      "http:\n  addr: 127.0.0.1:" +
      std::to_string(port) +
      "\n  secret: x\n  tls:\n    certificate: " + authority.server_certificate() +
      "\n    key: " + authority.server_key() + "\n";
  if (with_login) {
    text += "auth:\n  htpasswd:\n    realm: \"a test, with login\"\n    path: " + folder +
            "/htpasswd\n";
  }
  return text;
}

}  // namespace

std::string why_no_docker_registry() {
  if (sys::find_program("docker-registry").empty()) return "docker-registry is not installed";
  return sys::find_program("setpriv").empty() ? "setpriv is not installed" : "";
}

DockerRegistry::DockerRegistry(const std::string& folder, const Authority& authority,
                               bool with_login)
    : ca_file_(authority.authority()), with_login_(with_login), port_(free_port()) {
  sys::make_dirs(folder + "/blobs");
  sys::create_file(folder + "/htpasswd", kPasswords);
  sys::create_file(folder + "/config.yml", configuration(folder, authority, port_, with_login));
  const sys::Fd log = sys::open_file(folder + "/log", O_WRONLY | O_CREAT | O_TRUNC);
  child_ = sys::Child::spawn(
      {"setpriv", "--pdeathsig", "KILL", "docker-registry", "serve", folder + "/config.yml"},
      {.in = -1, .out = log.get(), .err = log.get()});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (Stream::connect(port_, ca_file_) == nullptr) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("docker-registry: " + sys::read_file(folder + "/log"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::pair<int, std::string> DockerRegistry::ask(const Call& call) {
  const auto stream = Stream::connect(port_, ca_file_);
  if (stream == nullptr) throw std::runtime_error("docker-registry: gone");
  std::string head =
      call.method + " " + call.target + " HTTP/1.1\r\nHost: " + host() +
      "\r\nConnection: close\r\nContent-Length: " + std::to_string(call.body.size()) + "\r\n";
  if (!call.type.empty()) head += "Content-Type: " + call.type + "\r\n";
  if (with_login_) {
    const std::string login = std::string(kUser) + ":" + kPassword;
    head += "Authorization: Basic " + base::base64_encode(login) + "\r\n";
  }
  stream->write(head + "\r\n" + call.body);
  Preamble answer;
  if (!stream->read_preamble(answer)) throw std::runtime_error("docker-registry: no answer");
  const auto words = base::split(answer.first, ' ');
  std::string location = answer.fields["location"];
  if (const auto at = location.find("/v2/"); at != std::string::npos) location.erase(0, at);
  return {static_cast<int>(base::parse_integer(words.at(1)).value_or(0)), location};
}

void DockerRegistry::require(const Call& call, int status) {
  if (const int found = ask(call).first; found != status) {
    throw std::runtime_error("docker-registry: " + call.method + " " + call.target + ": " +
                             std::to_string(found));
  }
}

void DockerRegistry::push_blob(const std::string& repository, const Blob& blob) {
  const auto [status, location] = ask({"POST", "/v2/" + repository + "/blobs/uploads/", "", ""});
  if (status != 202) throw std::runtime_error("docker-registry: upload: " + std::to_string(status));
  const char* separator = location.find('?') == std::string::npos ? "?" : "&";
  require({"PUT", location + separator + "digest=" + blob.digest, "application/octet-stream",
           blob.bytes},
          201);
}

void DockerRegistry::push_manifest(const std::string& repository, const std::string& name,
                                   const Blob& manifest) {
  require({"PUT", "/v2/" + repository + "/manifests/" + name, manifest.media_type, manifest.bytes},
          201);
}

void DockerRegistry::push(const std::string& repository, const std::string& tag,
                          const RegistryImage& image) {
  push_blob(repository, image.config);
  for (const Blob& layer : image.layers)
    push_blob(repository, layer);
  push_manifest(repository, tag.empty() ? image.manifest.digest : tag, image.manifest);
}

}  // namespace support
