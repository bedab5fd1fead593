#pragma once

#include "pkg/registry/client.hpp"
#include "pkg/registry/session.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// One blob on its way into the repository.
class Upload : public Receiver, private Supply {
 public:
  Upload(Session& session, const BlobOffer& offer);

  bool is_done() const { return step_ == Step::Done; }
  bool is_running() const { return exchange_ != nullptr; }
  bool is_due() const {
    return !is_done() && !is_running() && std::chrono::steady_clock::now() >= not_before_;
  }
  // Bytes flow, or will flow at once.
  bool is_sending() const { return step_ >= Step::Begin && !is_done() && has_started_sending_; }
  bool is_to_be_sent() const { return step_ >= Step::Begin && !is_done(); }
  std::chrono::steady_clock::time_point not_before() const { return not_before_; }
  BlobSending sending() const { return {.sent = sent_, .outcome = outcome_}; }

  void start();
  // After the exchange has ended: the next step, or the same again. Throws when it is hopeless.
  void judge_if_ended();

  void begin(const Head& head) override;
  bool accept(std::string_view bytes) override;
  void end(const Ending& ending) override;

 private:
  enum class Step { Look, Mount, Begin, Send, Finish, Done };
  struct Place {
    std::size_t known = 0;
    std::string repository;
  };

  Request next_request();
  Request look();
  Request mount();
  Request begin_upload();
  Request send();
  Request finish();
  std::optional<std::size_t> fill(std::span<char> buffer) override;

  void judge(int status);
  void judge_look(int status);
  void judge_mount(int status);
  void judge_finish(int status);
  void after_look();
  void take_location(bool is_needed);
  void settle(BlobOutcome outcome);
  void recover();
  void start_over();

  Session& session_;
  const BlobOffer& offer_;
  Attempt attempt_;
  std::vector<BlobOffer::Known> known_;  // and what turned out to be its digest
  std::vector<Place> places_;            // to mount it from
  std::size_t looked_ = 0;
  std::size_t mounted_ = 0;
  Step step_ = Step::Look;
  std::unique_ptr<Outgoing> outgoing_;
  std::string url_;                    // asked last
  std::string location_;               // where the upload goes on; "": there is none
  std::optional<oci::Digest> digest_;  // of what was sent
  std::int64_t sent_ = 0;
  bool has_started_sending_ = false;

  std::unique_ptr<Exchange> exchange_;
  Answer answer_;
  bool has_ended_ = false;
  std::chrono::steady_clock::time_point not_before_;
  std::optional<BlobOutcome> outcome_;
};

}  // namespace registry
