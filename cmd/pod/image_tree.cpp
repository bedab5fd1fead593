#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/history.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

std::string line_of(const images::TreeLayer& layer) {
  std::string line = fmt::format("ID: {} Size: {:>8}", short_unless(false, layer.id),
                                 base::human_size(layer.size));
  if (!layer.top_of.empty()) {
    line += fmt::format(" Top Layer of: [{}]", base::join(layer.top_of, " "));
  }
  return line + "\n";
}

// NOLINTNEXTLINE(misc-no-recursion): as high as an image has layers
std::string lines_of(const std::vector<images::TreeLayer>& layers, const std::string& margin) {
  std::string text;
  for (const images::TreeLayer& layer : layers) {
    const bool is_last = &layer == &layers.back();
    text += margin + (is_last ? "└── " : "├── ") + line_of(layer);
    text += lines_of(layer.above, margin + (is_last ? "    " : "│   "));
  }
  return text;
}

}  // namespace

int image_tree(Arguments arguments) {
  std::string name;
  bool what_requires = false;

  cli::Options options("Show the layers of an image");
  options.flag("--whatrequires", what_requires, "And all layers and images that rest on it")
      .argument("IMAGE", name);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const std::optional<images::Found> found = images::find_named(home, name, true);
  if (!found) throw base::Error(name + ": image not known");
  const storage::Image& image = found->image;
  cli::print(fmt::format("Image ID: {}\nTags:     [{}]\nSize:     {}\nImage Layers\n",
                         short_unless(false, image.id), base::join(image.names, " "),
                         base::human_size(image.size)));
  cli::print(lines_of(
      what_requires ? images::layers_above(home, name) : images::layers_of(home, name), ""));
  return 0;
}

}  // namespace pod
