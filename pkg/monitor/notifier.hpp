#pragma once

#include "pkg/sys/fd.hpp"

#include <string>
#include <string_view>

namespace monitor {

// Tells whoever started us as a service how a container does. See sd_notify(3).
class Notifier {
 public:
  // When the service is ready: as soon as the container runs, when its health check says so, or
  // when it says so itself.
  enum class When { Started, Healthy, Said };

  // `service` is the socket of whoever started us, "@" in front of one that is in no folder.
  // `directory` gets the one that the container speaks to.
  Notifier(std::string service, When when, std::string directory)
      : service_(std::move(service)), when_(when), directory_(std::move(directory)) {}

  // The container is about to start, runs, is healthy, has ended.
  void begin();
  void started();
  void healthy();
  void end() { socket_.reset(); }

  // Readable when the container has said something; -1 when it cannot.
  int file() const { return socket_.get(); }
  // Passes all that on but for whose number it is: ours is the one to be watched.
  void forward();

  static constexpr const char* kFolder = "notify";  // in `directory`
  static constexpr const char* kSocket = "notify.sock";

 private:
  void say(std::string_view text) const;

  std::string service_;
  When when_;
  std::string directory_;
  bool is_ready_ = false;
  sys::Fd socket_;
};

}  // namespace monitor
