#include "network/drivers.hpp"

namespace network {
namespace {

// Nothing to do: the container is in the host's network, or in somebody else's.
class Host : public Connection {
 public:
  void await() override {}
  int helper_pid() const override { return 0; }
  std::string address() const override { return ""; }
};

}  // namespace

std::unique_ptr<Connection> connect_host() {
  return std::make_unique<Host>();
}

}  // namespace network
