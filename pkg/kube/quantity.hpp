#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kube {

// A Kubernetes quantity: "500m", "1.5", "64Mi", "2e3", "1G". Kept exactly:
// digits * 10^power10 * 2^power2.
class Quantity {
 public:
  // Nothing when the text is not a quantity. See Kubernetes, "resource.Quantity".
  static std::optional<Quantity> parse(std::string_view text);

  bool is_negative() const { return negative_ && digits_ != 0; }

  // In whole units (bytes, processors) or thousandths of them, rounded up as Kubernetes does.
  // Nothing when the number is too large.
  std::optional<std::int64_t> whole() const { return scaled(0); }
  std::optional<std::int64_t> thousandths() const { return scaled(3); }

 private:
  // Takes the number in front and returns its length, 0 when there is none or it is too long.
  std::size_t take_digits(std::string_view text);
  std::optional<std::int64_t> scaled(int power10) const;

  bool negative_ = false;
  std::uint64_t digits_ = 0;
  int power10_ = 0;
  int power2_ = 0;
};

}  // namespace kube
