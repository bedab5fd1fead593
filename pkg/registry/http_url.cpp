#include "pkg/registry/http_url.hpp"

#include "pkg/base/text.hpp"

#include <curl/curl.h>

#include <cctype>
#include <memory>

namespace registry {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using UrlHandle = std::unique_ptr<CURLU, Free<curl_url_cleanup>>;
using Text = std::unique_ptr<char, Free<curl_free>>;

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  const Text owner(text);
  return text;
}

}  // namespace

std::optional<Url> parse_url(const std::string& text) {
  const UrlHandle url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  const std::string port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  return Url{.scheme = base::lower(part_of(url.get(), CURLUPART_SCHEME)),
             .host = base::lower(part_of(url.get(), CURLUPART_HOST)),
             .port = static_cast<int>(base::parse_integer(port).value_or(0))};
}

std::string resolve_url(const std::string& from, const std::string& location) {
  const UrlHandle url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, from.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return "";
  }
  curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  return part_of(url.get(), CURLUPART_URL);
}

std::string origin_of(const std::string& url) {
  const auto parsed = parse_url(url);
  if (!parsed) return "an unreadable address";
  const bool is_usual = parsed->port == (parsed->scheme == "https" ? 443 : 80);
  return parsed->scheme + "://" + parsed->host +
         (is_usual ? "" : ":" + std::to_string(parsed->port));
}

std::string escape_url(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if ((code < 128 && std::isalnum(code) != 0) || kPlain.find(letter) != std::string_view::npos) {
      out += letter;
    } else {
      out += {'%', kDigits[code >> 4U], kDigits[code & 15U]};
    }
  }
  return out;
}

}  // namespace registry
