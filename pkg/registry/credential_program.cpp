#include "pkg/registry/credential_program.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace registry {
namespace {

constexpr std::chrono::seconds kPatience(30);
constexpr std::size_t kMostBytes = std::size_t{64} << 10U;
constexpr std::size_t kMostQuestion = std::size_t{32} << 10U;
constexpr std::string_view kToken = "<token>";  // the user of an identity token
constexpr std::string_view kNotFound = "credentials not found in native keychain";

std::string read_until_end(const sys::Fd& file) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string text;
  std::array<char, 4096> buffer = {};
  while (text.size() < kMostBytes) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd wanted = {.fd = file.get(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&wanted, 1, static_cast<int>(left.count())) == 0) {
      throw base::Error("no answer in 30 s");
    }
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// A parser's message could repeat the secret.
Credentials parse_answer(const std::string& text) try {
  const base::Json found = base::Json::parse(text);
  return {.user = found.at("Username").as_string(),
          .password = found.at("Secret").as_string(),
          .identity_token = "",
          .source = ""};
} catch (const base::Error&) {
  throw base::Error("printed no JSON with Username and Secret");
}

struct Spoken {
  int status = 0;
  std::string text;
};

Spoken speak(const std::string& program, const char* verb, const std::string& said) {
  sys::Pipe question = sys::make_pipe();
  sys::Pipe answer = sys::make_pipe();
  if (said.size() >= kMostQuestion) throw base::Error("too long a secret");
  // It fits into the pipe, and as long as we hold the other end nobody can break it.
  sys::write_all(question.write, said);
  question.write.reset();
  sys::Child child = sys::Child::spawn(
      {program, verb},
      {.in = question.read.get(), .out = answer.write.get(), .err = STDERR_FILENO});
  question.read.reset();
  answer.write.reset();
  Spoken spoken = {.text = read_until_end(answer.read)};
  spoken.status = child.wait();
  return spoken;
}

[[noreturn]] void refuse(const Spoken& spoken) {
  throw base::Error("ended with status " + std::to_string(spoken.status));
}

std::optional<Credentials> get(const std::string& program, const std::string& server) {
  const Spoken spoken = speak(program, "get", server + "\n");
  if (spoken.status != 0) {
    if (spoken.text.find(kNotFound) != std::string::npos) return std::nullopt;
    refuse(spoken);
  }
  Credentials credentials = parse_answer(spoken.text);
  credentials.source = program;
  if (credentials.user == kToken) {
    credentials.identity_token = std::exchange(credentials.password, "");
    credentials.user.clear();
  }
  return credentials;
}

std::string program_of(const std::string& name) {
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (!is_name) throw base::Error("credential program \"" + name + "\": not a name");
  return "docker-credential-" + name;
}

}  // namespace

std::optional<Credentials> ask_credential_program(const std::string& name,
                                                  const std::string& server) {
  const std::string program = program_of(name);
  try {
    return get(program, server);
  } catch (base::Error& error) {
    error.during(program);
    throw;
  }
}

void store_in_credential_program(const std::string& name, const std::string& server,
                                 const Credentials& credentials) {
  const std::string program = program_of(name);
  const bool is_token = !credentials.identity_token.empty();
  const base::Json entry = base::Json::object(
      {{"ServerURL", server},
       {"Username", is_token ? std::string(kToken) : credentials.user},
       {"Secret", is_token ? credentials.identity_token : credentials.password}});
  try {
    const Spoken spoken = speak(program, "store", entry.dump());
    if (spoken.status != 0) refuse(spoken);
  } catch (base::Error& error) {
    error.during(program);
    throw;
  }
}

void erase_in_credential_program(const std::string& name, const std::string& server) {
  const std::string program = program_of(name);
  try {
    const Spoken spoken = speak(program, "erase", server + "\n");
    if (spoken.status != 0 && spoken.text.find(kNotFound) == std::string::npos) refuse(spoken);
  } catch (base::Error& error) {
    error.during(program);
    throw;
  }
}

}  // namespace registry
