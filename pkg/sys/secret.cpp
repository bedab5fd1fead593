#include "pkg/sys/secret.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <cstring>

#include <fcntl.h>

namespace sys {
namespace {

constexpr std::string_view kPlace = "/dev/fd/";

// Where a value begins.
struct SecretWord {
  std::size_t word = 0;
  std::size_t at = 0;
};

std::vector<SecretWord> find_secrets(const std::vector<std::string>& words) {
  std::vector<SecretWord> found;
  bool is_login = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") break;
    is_login = is_login || word == "login";
    const bool has_value_next =
        word == "--creds" || word == "--password" || (is_login && word == "-p");
    if (has_value_next && i + 1 < words.size()) found.push_back({.word = ++i, .at = 0});
    for (const std::string_view flag : {"--creds=", "--password="}) {
      if (word.starts_with(flag)) found.push_back({.word = i, .at = flag.size()});
    }
    if (is_login && word.starts_with("-p") && word.size() > 2) {
      found.push_back({.word = i, .at = word[2] == '=' ? 3U : 2U});
    }
  }
  return found;
}

}  // namespace

SharedSecret share_secret(std::string_view text) {
  Fd file = memory_file(text);
  if (::fcntl(file.get(), F_SETFD, 0) != 0) throw base::SysError("memory file");
  std::string name = std::string(kPlace) + std::to_string(file.get());
  return {.file = std::move(file), .name = std::move(name)};
}

std::string read_shared(const std::string& text) {
  return text.starts_with(kPlace) ? read_file(text) : text;
}

void hide_secrets(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  for (const SecretWord& secret : find_secrets(words)) {
    char* const value = argv[secret.word] + secret.at;
    std::memset(value, '*', std::strlen(value));
  }
}

void mask_secrets(std::vector<std::string>& words) {
  for (const SecretWord& secret : find_secrets(words)) {
    const std::string& flag = words[secret.at == 0 ? secret.word - 1 : secret.word];
    if (flag.starts_with("--creds"))
      words[secret.word].replace(secret.at, std::string::npos, "***");
  }
}

std::vector<SharedSecret> share_secrets(std::vector<std::string>& words) {
  std::vector<SharedSecret> shared;
  for (const SecretWord& secret : find_secrets(words)) {
    std::string& word = words[secret.word];
    shared.push_back(share_secret(std::string_view(word).substr(secret.at)));
    word.replace(secret.at, std::string::npos, shared.back().name);
  }
  return shared;
}

}  // namespace sys
