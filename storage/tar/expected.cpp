#include "storage/tar/expected.hpp"

#include "storage/tar/whiteout.hpp"

#include <utility>

namespace tar {
namespace {

constexpr mode_t kImpliedMode = 0755;

std::shared_ptr<Node> make_node(Node::Kind kind, const Entry& entry) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->entry = entry;
  return node;
}

std::shared_ptr<Node> make_implied() {
  Entry entry;
  entry.type = EntryType::Directory;
  entry.mode = kImpliedMode;
  auto node = make_node(Node::Kind::Directory, entry);
  node->is_implied = true;
  return node;
}

std::string join(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + "/" + name;
}

}  // namespace

ExpectedTree::ExpectedTree() {
  nodes_[""] = make_implied();
}

std::shared_ptr<Node> ExpectedTree::find(const std::string& path) const {
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : found->second;
}

void ExpectedTree::replace(const std::string& path, std::shared_ptr<Node> node) {
  const auto former = find(path);
  if (former && former->kind == Node::Kind::Directory) {
    const std::string below = path + "/";
    for (auto at = nodes_.lower_bound(below); at != nodes_.end() && at->first.starts_with(below);)
      at = nodes_.erase(at);
  }
  nodes_[path] = std::move(node);
}

void ExpectedTree::imply(const std::string& parent) {
  for (std::size_t end = 0; !parent.empty() && end != std::string::npos;) {
    end = parent.find('/', end + 1);
    const std::string part = parent.substr(0, end);
    const auto there = find(part);
    if (there && there->kind == Node::Kind::Symlink) is_exact_ = false;
    if (there && there->kind != Node::Kind::Whiteout) continue;
    auto made = make_implied();
    made->is_opaque = there != nullptr;
    replace(part, std::move(made));
  }
}

void ExpectedTree::add_directory(const std::string& path, const Entry& entry) {
  const auto there = find(path);
  auto node = make_node(Node::Kind::Directory, entry);
  if (path.empty()) node->entry.mode = kImpliedMode;
  if (there && there->kind == Node::Kind::Directory) {
    node->is_opaque = there->is_opaque;
    nodes_[path] = std::move(node);
    return;
  }
  node->is_opaque = there && there->kind == Node::Kind::Whiteout;
  replace(path, std::move(node));
}

void ExpectedTree::add_whiteout(const std::string& parent, const std::string& hidden) {
  const std::string path = join(parent, hidden);
  const auto there = find(path);
  if (!there) {
    nodes_[path] = make_node(Node::Kind::Whiteout, {});
  } else if (there->kind == Node::Kind::Directory) {
    there->is_opaque = true;
  }
}

void ExpectedTree::add(const Place& place, const Entry& entry) {
  imply(place.parent);
  const Whiteout whiteout = parse_whiteout(place.name);
  if (whiteout.kind == Whiteout::Kind::Hides) {
    return add_whiteout(place.parent, std::string(whiteout.hidden));
  }
  if (whiteout.kind == Whiteout::Kind::Opaque) {
    if (const auto parent = find(place.parent)) parent->is_opaque = true;
  }
  if (whiteout.kind != Whiteout::Kind::None) return;
  const std::string path = place.path();
  switch (entry.type) {
    case EntryType::File:
      return replace(path, make_node(Node::Kind::File, entry));
    case EntryType::Directory:
      return add_directory(path, entry);
    case EntryType::Symlink:
      return replace(path, make_node(Node::Kind::Symlink, entry));
    case EntryType::Fifo:
      return replace(path, make_node(Node::Kind::Fifo, entry));
    case EntryType::Hardlink: {
      const std::string target = place_of(entry.link).path();
      if (target == path) return;
      const auto node = find(target);
      if (!node) is_exact_ = false;  // reached through a link
      return node ? replace(path, node) : void();
    }
    case EntryType::CharDevice:
    case EntryType::BlockDevice:
    case EntryType::Other:
      return;
  }
}

}  // namespace tar
