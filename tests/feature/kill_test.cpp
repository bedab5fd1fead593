// Commands that change the store are killed at any moment: the program alone, it with all that
// belongs to it, or any one process below it. What images there are is whole and runs, what was
// there and was not to go is there, what was answered for has happened, and the next command leaves
// nothing of what was begun.
//
// POD_TEST_KILLS says how many rounds each test has, POD_TEST_KILL_SEED where chance begins, and
// POD_TEST_KILL_ONLY which commands there are ("pull,rmi"): see tests/README.md.
#include "tests/support/chance.hpp"
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <sys/wait.h>

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using support::Words;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using Clock = std::chrono::steady_clock;
using Names = std::set<std::string>;

namespace {

// A command and which names the store may have more, or less, when it is over.
struct Command {
  std::string kind;
  Words words;
  Names gives = {};
  Names takes = {};
};

constexpr int kMany = 50;  // rounds; with fewer, not every one looks at everything

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

Words files_below(const std::string& folder) {
  Words names;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
    if (!entry.is_directory(ignored)) names.push_back(entry.path());
  }
  return names;
}

bool has_ended(const support::Program& program) {
  siginfo_t ended{};
  return ::waitid(P_PID, static_cast<id_t>(program.pid()), &ended, WEXITED | WNOHANG | WNOWAIT) !=
             0 ||
         ended.si_pid != 0;
}

class Killed : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    registry_.emplace(nullptr);
    const std::string base = support::make_image_tar();
    registry_->add(support::make_registry_image({base, layer("kept")}), "kept");
    registry_->add(support::make_registry_image({base, layer("one"), layer("two")}), "a");
    registry_->add(support::make_registry_image({base, layer("two")}), "b");
    registry_->add(support::make_zstd_image({layer("three"), base}), "c");
    archive_ = write("archive.tar", base);
    must({"pull", "--quiet", "--tls-verify=false", name("kept")});
    must({"save", "--quiet", "-o", root() + "/saved.tar", name("kept")});
    must({"create", "--name", "source", "--label", "keep=1", "--network", "none", name("kept"),
          "probe"});
    fs::create_directory(root() + "/out");
    before_ = names();
  }
  void TearDown() override {
    registry_.reset();
    Home::TearDown();
  }

  static std::string layer(const std::string& name) {
    support::TarText tar;
    for (int i = 0; i < 300; ++i)
      tar.file(name + "/" + std::to_string(i), std::string(3000, name.front()));
    return tar.end();
  }
  std::string name(const std::string& tag) const { return registry_->host() + "/image:" + tag; }

  std::vector<Command> commands() const {
    const auto pull = [&](const char* tag) {
      return Command{"pull", {"pull", "--quiet", "--tls-verify=false", name(tag)}, {name(tag)}, {}};
    };
    const auto remove = [&](const char* tag) {
      return Command{"rmi", {"rmi", "--force", name(tag)}, {}, {name(tag)}};
    };
    const std::string out = root() + "/out/saved.tar";
    return {
        pull("a"),
        pull("b"),
        pull("c"),
        remove("a"),
        remove("b"),
        {"rmi", {"rmi", "--force", "localhost/imported"}, {}, {"localhost/imported:latest"}},
        {"import", {"import", "--quiet", archive_, "imported"}, {"localhost/imported:latest"}, {}},
        {"load", {"load", "--quiet", "-i", root() + "/saved.tar"}, {}, {}},
        {"save", {"save", "--quiet", "-o", out, name("kept")}, {}, {}},
        {"commit", {"commit", "--quiet", "source", "made"}, {"localhost/made:latest"}, {}},
        {"rmi", {"rmi", "--force", "localhost/made"}, {}, {"localhost/made:latest"}},
        {"tag", {"tag", name("kept"), "more:1"}, {"localhost/more:1"}, {}},
        {"untag", {"untag", name("kept"), "localhost/more:1"}, {}, {"localhost/more:1"}},
        {"prune", {"image", "prune", "--force"}, {}, {}},
        {"prune", {"system", "prune", "--force", "--filter", "label!=keep"}, {}, {}},
        {"run",
         {"run", "--rm", "--network", "none", "--tls-verify=false", name("b"), "probe"},
         {name("b")},
         {}},
        {"run", {"run", "--rm", "--network", "none", name("kept"), "probe", "print", "x"}, {}, {}},
    };
  }

  // Any command, of those that are wished for.
  Command choose(const std::string& usual) {
    const std::string wish = support::from_environment("POD_TEST_KILL_ONLY");
    const std::string kinds = "," + (wish.empty() ? usual : wish) + ",";
    std::vector<Command> all = commands();
    std::erase_if(all, [&](const Command& command) {
      return kinds != ",," && kinds.find("," + command.kind + ",") == std::string::npos;
    });
    return all.at(random_() % all.size());
  }

  // A moment of its life: until it ended the last time.
  milliseconds moment_of(const Command& command) {
    const auto known = lasted_.find(command.words);
    const auto longest = known != lasted_.end() ? known->second : milliseconds(150);
    return milliseconds(random_() % static_cast<unsigned long>(longest.count() + 5));
  }

  // True when it was over before.
  bool wait_until(const support::Program& program, Clock::time_point end) {
    while (Clock::now() < end) {
      if (has_ended(program)) return true;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return false;
  }

  // The program, all of its session, or one of those that are there now.
  void kill_some(const support::Program& program) {
    const unsigned long chance = random_() % 3;
    if (chance == 0) program.signal(SIGKILL);
    if (chance == 1) ::kill(-program.pid(), SIGKILL);
    if (chance != 2) return;
    const Words all = support::descendants();
    if (all.empty()) return;
    const int pid = std::stoi(all[random_() % all.size()]);
    if (pid > 0) ::kill(pid, SIGKILL);
  }

  void note(const support::Program& program, const Command& command, Clock::time_point begin) {
    if (!has_ended(program)) return;
    lasted_[command.words] = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  }

  // Kills one; its answer is held against what is there then.
  void kill_one(const Command& command) {
    const Clock::time_point begin = Clock::now();
    support::Program program(words(command.words), start());
    if (wait_until(program, begin + moment_of(command))) {
      note(program, command, begin);
    } else {
      kill_some(program);
    }
    const support::Result result = program.wait();
    EXPECT_FALSE(result.timed_out) << result;
    may_give_ = command.gives;
    may_take_ = command.takes;
    if (result.status != 0) return;
    must_be_ = command.gives;
    must_not_be_ = command.takes;
  }

  // Several side by side, killed at moments of their own.
  void kill_many(const std::vector<Command>& commands) {
    std::vector<std::unique_ptr<support::Program>> programs;
    for (const Command& command : commands) {
      programs.push_back(std::make_unique<support::Program>(words(command.words), start()));
      may_give_.insert(command.gives.begin(), command.gives.end());
      may_take_.insert(command.takes.begin(), command.takes.end());
    }
    for (std::size_t i = 0; i < programs.size(); ++i) {
      std::this_thread::sleep_for(moment_of(commands[i]) / 2);
      if (random_() % 3 != 0) kill_some(*programs[i]);
    }
    for (const auto& program : programs) {
      const support::Result result = program->wait();
      EXPECT_FALSE(result.timed_out) << result;
    }
  }

  Names names() const {
    Names names;
    for (const std::string& line :
         lines_of(must({"images", "--format", "{{.Repository}}:{{.Tag}}"})))
      names.insert(line);
    names.erase("<none>:<none>");
    return names;
  }

  // What is there is whole and runs; nothing else is gone, and nothing else has come.
  void expect_sound() {
    EXPECT_TRUE(support::wait_for_no_descendants())
        << ::testing::PrintToString(support::descendants());
    const auto check = pod({"system", "check", "--quick"});
    EXPECT_EQ(check.status, 0) << check;
    const Names now = names();
    for (const std::string& one : before_)
      EXPECT_TRUE(now.contains(one) || may_take_.contains(one)) << one << " is lost";
    for (const std::string& one : now)
      EXPECT_TRUE(before_.contains(one) || may_give_.contains(one)) << one << " is new";
    for (const std::string& one : must_be_)
      EXPECT_TRUE(now.contains(one)) << one << " was answered for";
    for (const std::string& one : must_not_be_)
      EXPECT_FALSE(now.contains(one)) << one << " was removed";
    before_ = now;
    may_give_ = may_take_ = must_be_ = must_not_be_ = {};
  }

  void expect_that_images_run() {
    for (const std::string& id : lines_of(must({"images", "--quiet", "--no-trunc"}))) {
      const auto ran = pod({"run", "--rm", "--network", "none", "--pull", "never",
                            id.substr(id.find(':') + 1), "probe", "print", "whole"});
      EXPECT_EQ(ran.out, "whole\n") << id << ran;
    }
  }

  // The next command sees to what was left.
  void expect_clean() {
    must({"pull", "--quiet", "--tls-verify=false", name("kept")});
    must({"rm", "--ignore", "nobody"});
    EXPECT_TRUE(support::wait_for_no_descendants());
    for (const char* place : {"/storage/staging", "/storage/locks", "/trash"})
      EXPECT_THAT(files_below(data() + place), IsEmpty());
    EXPECT_EQ(must({"ps", "--all", "--format", "{{.Names}}"}), "source");
    const Words left = {must({"ps", "--all", "--quiet", "--no-trunc"})};
    for (const char* place : {"/storage/rootfs", "/containers"}) {
      for (const auto& entry : fs::directory_iterator(data() + place))
        EXPECT_THAT(Words{entry.path().filename()}, IsSubsetOf(left)) << place;
    }
    for (const char* place : {"/containers", "/session"})
      EXPECT_THAT(files_below(runtime() + place), IsEmpty());
    for (const std::string& file : files_below(root() + "/out"))
      EXPECT_EQ(file, root() + "/out/saved.tar");
    EXPECT_THAT(support::mounts_below(root()), IsEmpty());
  }

  template <typename Kill>
  void go_on(int usual, Kill kill) {
    const int count = support::rounds(usual);
    for (int round = 0; round < count && !HasFailure(); ++round) {
      const std::string said = kill();
      SCOPED_TRACE("round " + std::to_string(round) + ": " + said);
      expect_sound();
      if (count < kMany && round % 3 != 2) continue;
      expect_that_images_run();
      expect_clean();
    }
  }

  // All is as if nobody had been killed.
  void expect_all_well() {
    must({"system", "prune", "--force", "--filter", "label!=keep"});
    EXPECT_EQ(must({"system", "check"}), "");
    must({"rm", "--force", "--all"});
    expect_nothing_left();
    for (const char* tag : {"a", "b", "c"})
      must({"pull", "--quiet", "--tls-verify=false", name(tag)});
    EXPECT_EQ(must({"system", "check"}), "");
    expect_that_images_run();
  }

  static std::string text_of(const Command& command) {
    std::string text;
    for (const std::string& word : command.words)
      text += word + " ";
    return text;
  }

  std::optional<support::Registry> registry_;
  std::string archive_;
  std::mt19937 random_ = support::chance();
  std::map<Words, milliseconds> lasted_;
  Names before_;
  Names may_give_;
  Names may_take_;
  Names must_be_;
  Names must_not_be_;
};

}  // namespace

// As `pod run --rm` and its monitor leave it when both are killed before it runs.
TEST_F(Killed, WhatIsToBeGoneAtItsEndIsGoneWithoutABeginning) {
  const auto create = [&] {
    return must({"create", "--rm", "--network", "none", name("kept"), "probe"});
  };
  const std::string later = create();
  const std::string killed = create();
  write("data/pod/containers/" + killed + "/passing", "run");
  write("run/pod/containers/" + killed + "/lock", "");
  write("run/pod/containers/" + later + "/lock", "");

  must({"pull", "--quiet", "--tls-verify=false", name("kept")});

  EXPECT_FALSE(fs::exists(data() + "/containers/" + killed));
  EXPECT_FALSE(fs::exists(data() + "/storage/rootfs/" + killed));
  EXPECT_TRUE(fs::exists(data() + "/containers/" + later));
  EXPECT_THAT(files_below(runtime() + "/containers"), IsEmpty());
  EXPECT_EQ(must({"start", "--attach", later}), "");
}

// As a machine that fails soon after leaves it: what names are on the disk, and not what was
// written.
TEST_F(Killed, RecordsThatNeverReachedTheDiskAreNoHarm) {
  const std::string lost = must({"create", "--network", "none", name("kept"), "probe"});
  const std::string damaged = must({"create", "--network", "none", name("kept"), "probe"});
  write("data/pod/containers/" + lost + "/record.json", "");
  write("data/pod/containers/" + damaged + "/record.json", "{");

  EXPECT_EQ(must({"ps", "--all", "--format", "{{.Names}}"}), "source");
  EXPECT_THAT(names(), ::testing::Contains(name("kept")));
  must({"rm", "--ignore", "source"});

  EXPECT_FALSE(fs::exists(data() + "/containers/" + lost));
  EXPECT_FALSE(fs::exists(data() + "/storage/rootfs/" + lost));
  EXPECT_EQ(pod({"system", "check", "--force"}).status, 0);
  EXPECT_FALSE(fs::exists(data() + "/containers/" + damaged));
  EXPECT_EQ(must({"system", "check"}), "");
}

TEST_F(Killed, PullsLeaveNoHalfImage) {
  go_on(15, [&] {
    const Command command = choose("pull,rmi");
    kill_one(command);
    return text_of(command);
  });
  expect_all_well();
}

TEST_F(Killed, CommandsLoseNoImageAndLeaveNothing) {
  go_on(15, [&] {
    const Command command = choose("");
    kill_one(command);
    return text_of(command);
  });
  expect_all_well();
}

TEST_F(Killed, CommandsSideBySideDoNoHarm) {
  go_on(10, [&] {
    std::vector<Command> some;
    std::string text;
    for (int i = 0; i < 4; ++i) {
      some.push_back(choose(""));
      text += text_of(some.back()) + "| ";
    }
    kill_many(some);
    return text;
  });
  expect_all_well();
}
