// In place of libFuzzer: gives the named files to the target, one after the other.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int main(int count, char** files) {
  for (int i = 1; i < count; ++i) {
    std::ifstream file(files[i], std::ios::binary);
    std::vector<std::uint8_t> bytes;
    for (std::istreambuf_iterator<char> at(file), end; at != end; ++at)
      bytes.push_back(static_cast<std::uint8_t>(*at));
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
}
