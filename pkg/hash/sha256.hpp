#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace hash {

// A running checksum of bytes as they pass by.
class Hasher {
 public:
  // "sha256" or "sha512", as digests name them. Throws base::Error for other words.
  explicit Hasher(std::string_view algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(std::string_view bytes);
  // Lower-case hexadecimal; the next byte begins a new sum.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Sha256 : public Hasher {
 public:
  Sha256() : Hasher("sha256") {}
};

class Sha512 : public Hasher {
 public:
  Sha512() : Hasher("sha512") {}
};

// Of bytes that are all there, in lower-case hexadecimal.
std::string sha256(std::string_view bytes);
std::string sha512(std::string_view bytes);

}  // namespace hash
