#pragma once

#include "pkg/registry/client.hpp"
#include "pkg/registry/session.hpp"

#include <span>
#include <vector>

namespace registry {

// Client::send: many blobs at once, each looked for, else mounted, else sent.
std::vector<BlobOutcome> upload(Session& session, std::span<const BlobOffer> offers,
                                const Client::Tick& tick);

}  // namespace registry
