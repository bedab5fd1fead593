// Any process of ours is killed at any moment while containers and pods are made, started, changed
// and removed: a command, a monitor, what feeds a network or a file system, a container's first
// process or another one in it. Soon after, what `ps` and `inspect` say is what the kernel has,
// whoever had nothing to do with it goes on, and nothing is left of what is gone.
//
// POD_TEST_KILLS says how many rounds there are, POD_TEST_KILL_SEED where chance begins: see
// tests/README.md.
#include "tests/support/chance.hpp"
#include "tests/support/life_script.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using support::Process;
using support::Said;
using support::Step;
using support::Words;
using ::testing::IsEmpty;
using Clock = std::chrono::steady_clock;
using Names = std::set<std::string>;

namespace {

std::string text_of(const Words& words) {
  std::string text;
  for (const std::string& word : words)
    text += word + " ";
  return text;
}

std::string kind_of(const Words& words) {
  return words[0] == "pod" ? words[0] + words[1] : words[0];
}

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

Words names_in(const std::string& folder) {
  Words names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    names.push_back(entry.path());
  return names;
}

bool has_crashed(int status) {
  return status == 128 + SIGSEGV || status == 128 + SIGABRT || status == 128 + SIGBUS;
}

class KilledLife : public support::Home {
 protected:
  void begin(const std::string& network) {
    fs::create_directory(root() + "/files");
    write("files/file", "text");
    const int first_port = 12000 + static_cast<int>(random_() % 16000);
    script_.emplace(support::LifeScript::Place{image(), root() + "/files", network, first_port},
                    random_);
  }

  support::Start start() const {
    support::Start one = Home::start();
    if (!driver_.empty()) one.environment["STORAGE_DRIVER"] = driver_;
    return one;
  }
  support::Result pod(const Words& arguments) const {
    return support::run(words(arguments), start(), "", 30);
  }
  std::string must(const Words& arguments) const {
    const support::Result result = pod(arguments);
    EXPECT_EQ(result.status, 0) << result << "\nof pod " << text_of(arguments);
    EXPECT_FALSE(result.timed_out) << result << "\nof pod " << text_of(arguments);
    return result.line();
  }

  std::vector<Said> said() const {
    const std::string ps = must({"ps", "--all", "--format", "json"});
    Words inspect = {"inspect"};
    const base::Json rows = base::Json::parse(ps);
    for (const base::Json& row : rows.as_array())
      inspect.push_back(row.at("Id").as_string());
    if (inspect.size() == 1) return {};
    // One with --rm may have gone since: then what is missing is looked for in vain, and again.
    const support::Result details = pod(inspect);
    return support::parse_said(ps, details.out);
  }

  // Any process of any kind there is.
  std::optional<Process> choose_victim(const std::vector<Process>& all) {
    std::map<Process::Kind, std::vector<Process>> kinds;
    for (const Process& one : all) {
      if (one.words.find("feature") == std::string::npos) kinds[one.kind()].push_back(one);
    }
    if (kinds.empty()) return std::nullopt;
    const auto& some = std::next(kinds.begin(), static_cast<int>(random_() % kinds.size()))->second;
    return some[random_() % some.size()];
  }

  void kill_one() {
    const std::vector<Process> all = support::processes();
    const auto victim = choose_victim(all);
    if (!victim) return;
    for (const std::string& number : support::fate_of(*victim, all))
      hit_.insert(number);
    ::kill(victim->pid, SIGKILL);
    said_ += " kills " + std::to_string(victim->pid) + " " + victim->words;
  }

  bool wait_until(const support::Program& program, Clock::time_point end) const {
    const auto has_ended = [&] {
      siginfo_t ended{};
      const auto id = static_cast<id_t>(program.pid());
      return ::waitid(P_PID, id, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid != 0;
    };
    while (Clock::now() < end && !has_ended())
      std::this_thread::sleep_for(milliseconds(1));
    return has_ended();
  }

  void do_one(const Step& step) {
    said_ = text_of(step.words);
    const Clock::time_point begin = Clock::now();
    const std::string kind = kind_of(step.words);
    support::Program program(words(step.words), start());
    if (wait_until(program, begin + moments_.any(kind, random_))) {
      moments_.note(kind, std::chrono::duration_cast<milliseconds>(Clock::now() - begin));
    }
    kill_one();
    if (random_() % 6 == 0) kill_one();
    if (random_() % 8 == 0) ::kill(-program.pid(), SIGKILL);
    program.close_input();
    const support::Result result = program.wait();
    EXPECT_FALSE(result.timed_out) << result;
    EXPECT_FALSE(has_crashed(result.status)) << result;
  }

  // Soon: a monitor that is killed takes a moment to be gone, with all that is below it.
  void expect_agreement() {
    const Clock::time_point end = Clock::now() + std::chrono::seconds(5);
    std::string where = "?";
    while (!where.empty() && Clock::now() < end) {
      now_ = said();
      where = support::contradiction(now_, support::processes());
      if (!where.empty()) std::this_thread::sleep_for(milliseconds(20));
    }
    EXPECT_EQ(where, "");
    const auto check = pod({"system", "check", "--quick"});
    EXPECT_EQ(check.status, 0) << check;
  }

  // Those that were neither asked for nor hit are there, and run as before.
  void expect_others_unharmed(const std::vector<Said>& before, const Names& touched) {
    for (const Said& one : before) {
      if (touched.contains(one.name)) continue;
      const auto now = std::ranges::find(now_, one.id, &Said::id);
      const bool is_hit = hit_.contains(one.number);
      if (now == now_.end()) {
        const bool is_passing = one.is_removed_at_end && (is_hit || !one.is_running());
        EXPECT_TRUE(is_passing) << one.name << " is lost";
      } else {
        EXPECT_EQ(now->name, one.name);
        EXPECT_TRUE(is_hit || !one.is_running() || now->pid == one.pid) << one.name << " has ended";
      }
    }
  }

  // The next command sees to what was left.
  void expect_clean() {
    must({"container", "prune", "--force", "--filter", "label=nothing"});
    for (const char* place : {"/storage/staging", "/storage/locks", "/trash"})
      EXPECT_THAT(names_in(data() + place), IsEmpty());
    Words ids;
    Words volumes = {"kept"};
    for (const Said& one : said()) {
      ids.push_back(one.id);
      const base::Json detail = inspect_of(one.id);
      for (const base::Json& mount : detail.array_or_none("Mounts"))
        volumes.push_back(mount.string_or("Name", ""));
    }
    expect_only("/data/pod/containers", ids);
    expect_only("/data/pod/storage/rootfs", ids);
    expect_only("/run/pod/containers", ids);
    expect_only("/data/pod/pods", lines_of(must({"pod", "ps", "-q", "--no-trunc"})));
    expect_only("/run/pod/pods", lines_of(must({"pod", "ps", "-q", "--no-trunc"})));
    expect_only("/data/pod/storage/volumes", volumes);
    EXPECT_THAT(support::mounts_below(root()), IsEmpty());
  }

  base::Json inspect_of(const std::string& id) const {
    const auto all = base::Json::parse(must({"inspect", id}));
    return all.as_array().at(0);
  }

  void expect_only(const std::string& folder, const Words& known) const {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root() + folder, ignored)) {
      const std::string name = entry.path().filename();
      EXPECT_TRUE(std::ranges::count(known, name) > 0) << folder << "/" << name << " is left";
    }
  }

  void expect_that_all_can_go() {
    must({"pod", "rm", "-f", "-a", "-t", "0"});
    must({"rm", "-f", "-a", "-v", "-t", "0"});
    must({"volume", "rm", "-f", "kept"});
    EXPECT_EQ(must({"volume", "ls", "-q"}), "");
    expect_nothing_left();
  }

  void go_on(int usual) {
    const int count = support::rounds(usual);
    for (int round = 0; round < count && !HasFailure(); ++round) {
      const std::vector<Said> before = now_ = said();
      hit_.clear();
      const Step step = script_->next(before);
      do_one(step);
      SCOPED_TRACE("round " + std::to_string(round) + ": " + said_);
      expect_agreement();
      expect_others_unharmed(before, step.touches);
      if (round % 4 == 3) expect_clean();
      if (round % 10 == 9) {
        for (const Words& words : script_->life_of("fresh"))
          must(words);
      }
      if (round % 40 == 39) expect_that_all_can_go();
    }
    if (!HasFailure()) expect_that_all_can_go();
  }

  std::string driver_;  // of storage; "": the best there is

 private:
  std::mt19937 random_ = support::chance();
  std::optional<support::LifeScript> script_;
  support::Moments moments_;
  std::vector<Said> now_;
  Names hit_;  // numbers of containers
  std::string said_;
};

}  // namespace

// `rm --volumes` is killed when the container is gone, and its volume not yet.
TEST_F(KilledLife, AnonymousVolumesGoWithTheirContainer) {
  const Words create = {"create", "-v", "/anonymous", "--network", "none", image(), "probe"};
  const std::string id = must(create);
  must({"rm", must(create)});  // without --volumes it stays, and that is no leftover
  fs::rename(data() + "/containers/" + id, data() + "/trash/killed");

  const std::string found = must({"system", "check"});
  EXPECT_THAT(found, ::testing::HasSubstr("killed: " + data() + "/storage/volumes/"));
  must({"container", "prune", "--force"});

  EXPECT_EQ(lines_of(must({"volume", "ls", "-q"})).size(), 1U);
  EXPECT_EQ(must({"system", "check"}), "");
  must({"volume", "prune", "--force"});
}

// What a container without a PID namespace of its own has started does not end by itself.
TEST_F(KilledLife, TakesAllProcessesWithIt) {
  SKIP_FOR(support::why_no_shell());
  must({"pod", "create", "--name", "p", "--network", "none", "--share", "pid,ipc,net,uts"});
  const Words begin = {"run", "-d", "--name"};
  const Words program = {image(), "sh", "-c", "probe forever in-1 & probe forever in-2"};
  for (const Words& where : {Words{"host", "--pid", "host", "--network", "none"},
                             Words{"member", "--pod", "p"}, Words{"other", "--pod", "p"}}) {
    Words words = begin;
    words.insert(words.end(), where.begin(), where.end());
    words.insert(words.end(), program.begin(), program.end());
    must(words);
  }
  const auto executed = [] {
    return std::ranges::count(support::processes(), Process::Kind::Executed, &Process::kind);
  };
  for (int tries = 0; executed() < 6 && tries < 1000; ++tries)
    std::this_thread::sleep_for(milliseconds(5));

  must({"kill", "host"});
  must({"wait", "host"});
  EXPECT_EQ(executed(), 4);
  must({"rm", "-f", "-t", "0", "member"});
  EXPECT_EQ(executed(), 2);
}

TEST_F(KilledLife, LeavesNothingAndTellsTheTruth) {
  begin(support::why_no_network().empty() ? "pasta" : "none");

  go_on(40);
}

TEST_F(KilledLife, LeavesNothingOfOtherHelpers) {
  driver_ = "fuse-overlayfs";
  begin(support::why_no_network().empty() ? "slirp4netns" : "none");
  const auto first = pod({"run", "--rm", "--network", "none", image(), "probe"});
  if (first.status != 0) GTEST_SKIP() << first;

  go_on(20);
}
