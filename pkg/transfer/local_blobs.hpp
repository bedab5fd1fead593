#pragma once

#include "pkg/transfer/layers.hpp"
#include "storage/tar/source.hpp"

#include <memory>
#include <string>

namespace transfer {

// Layers that are read from this machine, a few at a time.
class LocalBlobs : public Blobs {
 public:
  std::vector<Unpacked> unpack(std::span<const Job> jobs) override;

 protected:
  virtual std::unique_ptr<tar::Source> open(const WantedLayer& layer) = 0;
  // What a layer is called where it comes from.
  virtual std::string name_of(const WantedLayer& layer) const = 0;
  // It is unpacked; whether it is what it should be is found out later.
  virtual void after(const Job&) {}

 private:
  Unpacked finish(Unpacking& unpacking, const Job& job);
};

}  // namespace transfer
