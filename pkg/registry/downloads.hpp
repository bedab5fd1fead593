#pragma once

#include "pkg/registry/client.hpp"
#include "pkg/registry/session.hpp"

#include <functional>
#include <span>

namespace registry {

// Client::fetch: many blobs at once, each taken up again where it broke off.
void download(Session& session, std::span<const BlobRequest> requests,
              const std::function<void()>& tick);

}  // namespace registry
