#include "tests/unit/storage/store.hpp"

#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/trash.hpp"

#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

TemporaryHome::TemporaryHome() {
  std::string pattern = "/tmp/pod-storage-test-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
  folder_ = pattern;
  home_.data = folder_ + "/data";
  home_.runtime = folder_ + "/run";
  home_.config = folder_ + "/config";
  home_.cache = folder_ + "/cache";
  home_.uid = ::geteuid();
  home_.gid = ::getegid();
  home_.user = home::Home::open().user;
  for (const std::string& path :
       {home_.runtime, home_.containers(), home_.pods(), home_.names(), home_.trash()}) {
    sys::make_dirs(path, 0700);
  }
  layout().prepare();
}

TemporaryHome::~TemporaryHome() {
  try {
    storage::discard(home_, home_.storage());
    sys::remove_tree(folder_);
  } catch (const std::exception& error) {
    base::log::warn("{}", error.what());
  }
}

storage::Layer TemporaryHome::add_layer(
    char digit, const std::string& parent,
    const std::vector<std::pair<std::string, std::string>>& files) const {
  storage::Layer layer;
  layer.id = std::string(64, digit);
  layer.parent = parent;
  layer.diff_id = "sha256:" + layer.id;
  storage::StagedLayer staged = storage::LayerStore(layout()).stage();
  for (const auto& [name, text] : files) {
    const std::string path = staged.root() + "/" + name;
    sys::make_dirs(path.substr(0, path.rfind('/')));
    sys::create_file(path, text);
    layer.size += static_cast<std::int64_t>(text.size());
    ++layer.files;
  }
  staged.describe(layer);
  staged.commit();
  return layer;
}

storage::Image TemporaryHome::add_image(char digit, const std::vector<std::string>& layers,
                                        const std::vector<std::string>& names) const {
  storage::Image image;
  image.id = std::string(64, digit);
  image.layers = layers;
  image.size = 1000;
  const storage::ImageStore store(layout());
  store.publish(image, kConfig, "{}");
  for (const std::string& name : names)
    store.tag(image.id, name);
  return image;
}
