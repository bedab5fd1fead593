#pragma once

#include <string>

namespace support {

// A private certificate authority with one server and one client, as files of a folder.
class Authority {
 public:
  // Makes the files in `folder`, which must exist.
  explicit Authority(std::string folder);

  std::string authority() const { return folder_ + "/ca.crt"; }
  std::string server_certificate() const {
    return folder_ + "/server.crt";
  }  // for localhost, 127.0.0.1
  std::string server_key() const { return folder_ + "/server.key"; }
  std::string client_certificate() const { return folder_ + "/client.crt"; }
  std::string client_key() const { return folder_ + "/client.key"; }

 private:
  std::string folder_;
};

}  // namespace support
