#pragma once

#include <string>
#include <vector>

namespace bench {

using Words = std::vector<std::string>;

// Where it happens: a scratch home with a store for each of them and one image in both. All of it
// is gone afterwards.
class Place {
 public:
  // `build` is the folder of a preset: its pod is measured.
  explicit Place(const std::string& build);
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();

  const std::string& path() const { return path_; }
  std::string root() const { return path_ + "/root"; }  // the image's content
  bool has_podman() const { return has_podman_; }

  // Runs a program to its end; throws base::Error, with what it said, when it fails.
  void run(const Words& words) const;
  // The same; returns its standard output without the last line end.
  std::string ask(const Words& words) const;
  // Starts all, then waits for all.
  void run_at_once(const Words& words, int count) const;

  Words pod(const Words& words) const;  // with our program in front
  Words podman(const Words& words) const;
  // `crun run` of a bundle of the same root; each under a name of its own.
  Words crun(const Words& words) const;
  // What the kernel itself needs for a run; see floor.cpp. Empty without subordinate ids.
  Words floor() const;

 private:
  void write_podmans_files() const;
  void make_image() const;
  void make_bundle() const;

  std::string build_;
  std::string path_;
  bool has_podman_ = false;
  bool is_hybrid_ = false;
};

inline constexpr const char* kImage = "localhost/bench";

}  // namespace bench
