#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/transfer/sign.hpp"

#include <fmt/core.h>

namespace pod_transfer {

int image_sign(const cli::Arguments& arguments) {
  registry::Access access;
  transfer::SigningKey key;
  std::string passphrase_file;
  std::vector<std::string> names;

  cli::Options options("Sign images of a registry, in sigstore's way");
  options.value("--authfile", access.auth_file, "Credentials file, in place of the usual ones")
      .value("--cert-dir", access.cert_dir, "Folder of the registry's certificates")
      .value("--creds", access.creds, "USER:PASSWORD for the registry")
      .value("--sign-by-sigstore-private-key", key.file, "File of the private key, PEM")
      .value("--sign-passphrase-file", passphrase_file, "File of the key's passphrase")
      .flag("--tls-verify", access.tls_verify, "Insist on HTTPS and its certificates")
      .refuse("-a,--all")
      .refuse("-d,--directory")
      .refuse("--sign-by")
      .rest("IMAGE", names, 1);
  options.parse(arguments);
  if (key.file.empty()) {
    throw base::Error("--sign-by-sigstore-private-key is needed: only sigstore's way is supported");
  }
  sys::forbid_core_files();
  transfer::read_key(key, passphrase_file);

  const home::Home home = home::Home::open();
  return for_each(names, [&](const std::string& name) {
    fmt::print("{}\n", transfer::sign_image(home, name, access, key));
  });
}

}  // namespace pod_transfer
