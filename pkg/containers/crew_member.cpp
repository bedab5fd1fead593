// What the monitor is told of each container.
#include "pkg/base/id.hpp"
#include "pkg/containers/crew.hpp"
#include "pkg/containers/service.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/signals.hpp"

#include <algorithm>
#include <csignal>

namespace containers {
namespace {

// The words of podman's templates that a tag may have in it.
std::string tag_of(const Container& container) {
  std::string tag = container.options.log_tag;
  const std::pair<std::string, std::string> words[] = {
      {"{{.ID}}", base::short_id(container.id)},
      {"{{.FullID}}", container.id},
      {"{{.Name}}", container.name},
      {"{{.ImageName}}", container.image_name},
      {"{{.ImageID}}", base::short_id(container.image_id)},
      {"{{.ImageFullID}}", container.image_id}};
  for (const auto& [word, text] : words) {
    for (std::size_t at = tag.find(word); at != std::string::npos; at = tag.find(word, at)) {
      tag.replace(at, word.size(), text);
      at += text.size();
    }
  }
  return tag;
}

monitor::JournalFields journal_fields_of(const Container& container) {
  return {.id = container.id, .name = container.name, .tag = tag_of(container)};
}

}  // namespace

monitor::Member Crew::member(const std::string& id) {
  const Container& container = reread(id);
  const Options& options = container.options;
  sys::make_dirs(container.runtime_directory(home_), 0700);
  monitor::Member member;
  member.id = id;
  member.name = container.name;
  member.runtime_directory = container.runtime_directory(home_);
  if (!options.remove) member.directory = container.directory(home_);
  member.log_path = container.log_path(home_);
  member.log_size_max = options.log_size_max;
  if (options.log_driver == "journald") member.journal = journal_fields_of(container);
  member.passthrough = is_passed_through(options);
  member.terminal = options.terminal;
  member.interactive = options.interactive;
  member.remove = options.remove || options.role == Options::Role::InitOnce;
  member.is_init = options.role != Options::Role::Main;
  member.restart = options.restart;
  // One that has succeeded is done, whatever the pod's policy.
  if (member.is_init && options.restart.when != RestartPolicy::When::No) {
    member.restart = {RestartPolicy::When::OnFailure, options.restart.most};
  }
  member.stop_signal =
      options.stop_signal.empty() ? SIGTERM : sys::signal_number(options.stop_signal);
  member.stop_timeout = options.stop_timeout;
  member.timeout = options.timeout;
  member.health = options.health;
  member.service = service_of(options);
  member.is_ready = options.sdnotify == "conmon"    ? monitor::Notifier::When::Started
                    : options.sdnotify == "healthy" ? monitor::Notifier::When::Healthy
                                                    : monitor::Notifier::When::Said;
  return member;
}

std::vector<std::string> Crew::members() {
  std::vector<Container> all = containers::members(home_, sandbox_.id);
  std::stable_partition(all.begin(), all.end(), [](const Container& container) {
    return container.options.role != Options::Role::Main;
  });
  std::vector<std::string> ids;
  for (const Container& container : all)
    ids.push_back(container.id);
  return ids;
}

}  // namespace containers
