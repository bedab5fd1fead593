#pragma once

#include "pkg/home/home.hpp"
#include "pkg/registry/credentials.hpp"

#include <optional>
#include <string>

namespace registry {

// One file of credentials that `login` and `logout` change: podman's auth.json, docker's
// config.json. What else is in it stays as it is. A credential program that it names keeps the
// secret in its place.
class AuthFile {
 public:
  enum class Kind { Podman, Docker };  // they write docker.io differently

  // `file` need not exist yet.
  AuthFile(std::string file, Kind kind) : file_(std::move(file)), kind_(kind) {}

  // What `login` writes to when nothing is said: $REGISTRY_AUTH_FILE, or auth.json in the runtime
  // folder, where podman keeps it.
  static std::string usual_place(const home::Home& home);

  const std::string& name() const { return file_; }

  // `key` is a registry or a part of one: "quay.io", "quay.io/team".
  std::optional<Credentials> find(const std::string& key) const;
  void store(const std::string& key, const Credentials& credentials) const;
  // False when it knows nothing of it.
  bool erase(const std::string& key) const;
  void erase_all() const;

 private:
  std::string written(const std::string& key) const;
  std::string program_for(const base::Json& content, const std::string& key) const;
  void write(const base::Json& content) const;

  std::string file_;
  Kind kind_;
};

}  // namespace registry
