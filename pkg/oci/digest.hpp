#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace oci {

// The name of a blob by its content: "sha256:" and 64 hex digits, or "sha512:" and 128.
class Digest {
 public:
  // Throws base::Error when `text` is not a digest we can verify.
  static Digest parse(std::string_view text);
  static Digest sha256(std::string_view hex) { return Digest("sha256:" + std::string(hex)); }

  const std::string& text() const { return text_; }
  std::string_view algorithm() const { return std::string_view(text_).substr(0, 6); }
  std::string_view hex() const { return std::string_view(text_).substr(7); }

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace oci
