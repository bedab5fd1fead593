// Every member of config.json is honoured by pod-runtime, or refused by its name.
#include "pkg/base/error.hpp"
#include "tests/support/bundle.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <linux/seccomp.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using support::place;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

using base::Json;

class OciConfig : public support::BundleTest {
 protected:
  void SetUp() override {
    SKIP_FOR(support::why_no_shell());
    BundleTest::SetUp();
  }
  void TearDown() override {
    if (!IsSkipped()) BundleTest::TearDown();
  }

  void mount(const std::string& destination, const std::string& type, const std::string& source,
             const support::Words& options) {
    config["mounts"].push_back(Json::object(
        {{"destination", destination}, {"type", type}, {"source", source}, {"options", options}}));
  }

  void add_namespace(const std::string& type) {
    place(config, "linux.namespaces").push_back(Json::object({{"type", type}}));
  }
};

TEST_F(OciConfig, NamesAndSettingsAreTheContainersOwn) {
  config["hostname"] = "web";
  config["domainname"] = "example.org";
  place(config, "linux.sysctl") = Json::object({{"kernel.msgmax", "4444"}});

  const auto result =
      run_shell("hostname; cat /proc/sys/kernel/domainname /proc/sys/kernel/msgmax");

  EXPECT_EQ(result.out, "web\nexample.org\n4444\n") << result;
}

TEST_F(OciConfig, ClocksAreSetApart) {
  add_namespace("time");
  place(config, "linux.timeOffsets.boottime") = Json::object({{"secs", 100000000}});

  const auto result = run_shell("cat /proc/uptime");

  EXPECT_GT(std::atof(result.out.c_str()), 100000000) << result;
}

TEST_F(OciConfig, LimitsAndPrioritiesAreTheProcesss) {
  place(config, "process.rlimits") = Json::array();
  place(config, "process.rlimits")
      .push_back(Json::object({{"type", "RLIMIT_NOFILE"}, {"soft", 99}, {"hard", 100}}));
  place(config, "process.scheduler") = Json::object({{"policy", "SCHED_BATCH"}, {"nice", 7}});
  place(config, "process.ioPriority") =
      Json::object({{"class", "IOPRIO_CLASS_IDLE"}, {"priority", 0}});
  place(config, "process.oomScoreAdj") = 777;
  place(config, "process.user.umask") = 027;
  place(config, "linux.personality.domain") = "LINUX32";

  const auto result = run_shell(
      "ulimit -n; ulimit -Hn; busybox ionice -p 1; cat /proc/self/oom_score_adj; umask; "
      "busybox uname -m; busybox cut -d' ' -f19,41 /proc/self/stat");

  EXPECT_EQ(result.out, "99\n100\nidle\n777\n0027\n" +
                            std::string(sizeof(void*) == 8 ? "i686" : "") + "\n7 3\n")
      << result;
}

TEST_F(OciConfig, TheFiveSetsOfCapabilitiesAreJustThose) {
  Json& sets = place(config, "process.capabilities");
  sets = Json::object();
  sets["bounding"] = support::Words{"CAP_CHOWN", "CAP_KILL", "CAP_SETUID"};
  sets["permitted"] = support::Words{"CAP_CHOWN", "CAP_KILL"};
  sets["effective"] = support::Words{"CAP_CHOWN"};
  sets["inheritable"] = support::Words{"CAP_KILL"};
  sets["ambient"] = support::Words{"CAP_KILL"};

  // Without new privileges exec gives root no more than what was permitted.
  place(config, "process.noNewPrivileges") = true;
  EXPECT_EQ(run_shell("grep Cap /proc/self/status").out,
            "CapInh:\t0000000000000020\nCapPrm:\t0000000000000021\nCapEff:\t0000000000000021\n"
            "CapBnd:\t00000000000000a1\nCapAmb:\t0000000000000020\n");
}

TEST_F(OciConfig, ItsUserHasTheNumbersThatWereGiven) {
  SKIP_FOR(support::why_no_ids());
  const std::string own = std::to_string(::getuid());
  // Digits are a name in this image's /etc/passwd; the specification has numbers only.
  std::ofstream(rootfs() + "/etc/passwd", std::ios::app) << "100:x:55:55::/odd:/bin/sh\n";
  std::array<long, 2> first{};
  int at = 0;
  for (const char* file : {"/etc/subuid", "/etc/subgid"}) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      const std::string name = ::getpwuid(::getuid())->pw_name;
      if (line.starts_with(name + ":")) first.at(at) = std::stol(line.substr(name.size() + 1));
    }
    ++at;
  }
  for (const char* key : {"linux.uidMappings", "linux.gidMappings"}) {
    const bool is_user = std::string(key).find("uid") != std::string::npos;
    Json maps = Json::array();
    maps.push_back(
        Json::object({{"containerID", 0},
                      {"hostID", static_cast<std::int64_t>(is_user ? ::getuid() : ::getgid())},
                      {"size", 1}}));
    maps.push_back(Json::object({{"containerID", 1},
                                 {"hostID", static_cast<std::int64_t>(first.at(is_user ? 0 : 1))},
                                 {"size", 3000}}));
    place(config, key) = maps;
  }
  place(config, "process.user") = Json::parse(R"({"uid":100,"gid":200,"additionalGids":[5,6]})");

  EXPECT_EQ(run_shell("id").out, "uid=100 gid=200 groups=5,6\n");
}

TEST_F(OciConfig, MountsAreAsTheirOptionsSay) {
  std::filesystem::create_directories(bundle() + "/source/below");
  std::ofstream(bundle() + "/source/file") << "seen\n";
  std::filesystem::create_symlink("file", bundle() + "/source/link");
  mount("/a", "bind", "source", {"rbind", "rro", "rnosuid", "rnoexec", "rslave"});
  mount("/b", "none", bundle() + "/source", {"bind", "ro", "nosymfollow"});
  mount("/c", "bind", "source/file", {"bind"});
  mount("/d", "tmpfs", "mine", {"size=1m", "nr_inodes=100"});
  mount("/etc", "tmpfs", "tmpfs", {"tmpcopyup"});
  mount("/e", "bind", "source/link", {"bind", "copy-symlink"});

  const auto result = run_shell(
      "cat /a/file /c; touch /a/x /b/x || true; cat /b/link || true; ls /etc/passwd; readlink /e;"
      "grep -E ' /[abd] ' /proc/self/mountinfo");

  EXPECT_THAT(result.out, HasSubstr("seen\nseen\n/etc/passwd\nfile\n")) << result;
  EXPECT_THAT(result.out, HasSubstr("/a ro,nosuid,noexec"));
  EXPECT_THAT(result.out, HasSubstr("nosymfollow"));
  EXPECT_THAT(result.out, HasSubstr("- tmpfs mine rw,size=1024k,nr_inodes=100"));
  EXPECT_THAT(result.err, HasSubstr("/b/link"));
}

TEST_F(OciConfig, DevicesAreTheHosts) {
  place(config, "linux.devices") = Json::parse(
      R"([{"path":"/dev/mine","type":"c","major":1,"minor":3},{"path":"/dev/pipe","type":"p","fileMode":384}])");
  EXPECT_THAT(run({"true"}).err, HasSubstr("device /dev/mine: without root's rights"));

  place(config, "linux.devices") = Json::parse(
      R"([{"path":"/dev/null","type":"c","major":1,"minor":3},{"path":"/dev/pipe","type":"p","fileMode":384}])");
  EXPECT_THAT(run_shell("ls -l /dev/pipe; echo x >/dev/null && echo written").out,
              HasSubstr("written"));

  place(config, "linux.devices") =
      Json::parse(R"([{"path":"/dev/random","type":"c","major":1,"minor":3}])");
  EXPECT_EQ(run({"true"}).status, 0);  // it is there already, with all the usual ones

  place(config, "linux.devices") =
      Json::parse(R"([{"path":"/dev/ptmx2","type":"x","major":1,"minor":3}])");
  EXPECT_THAT(run({"true"}).err, HasSubstr("type \"x\": unknown"));
}

TEST_F(OciConfig, TheRootIsReadOnlyAndPathsAreMasked) {
  place(config, "root.readonly") = true;
  place(config, "linux.maskedPaths") = support::Words{"/etc/passwd", "/home"};
  place(config, "linux.readonlyPaths") = support::Words{"/tmp"};
  place(config, "process.noNewPrivileges") = true;

  const auto result = run_shell(
      "touch /x /tmp/x; wc -c </etc/passwd; ls /home | wc -l; grep NoNewPrivs /proc/self/status");

  EXPECT_THAT(result.err, HasSubstr("Read-only file system"));
  EXPECT_EQ(result.out, "0\n0\nNoNewPrivs:\t1\n") << result;
}

TEST_F(OciConfig, AFilterAnswersForTheKernel) {
  place(config, "linux.seccomp") = Json::parse(R"({
    "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
    "flags": ["SECCOMP_FILTER_FLAG_LOG"],
    "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2},
      {"names": ["kill"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13,
       "args": [{"index": 1, "value": 10, "op": "SCMP_CMP_EQ"},
                {"index": 1, "value": 12, "op": "SCMP_CMP_EQ"}]}]})");

  const auto result =
      run_shell("mkdir /tmp/x; kill -USR1 $$; kill -USR2 $$; kill -0 $$ && echo fine");

  EXPECT_THAT(result.err, HasSubstr("No such file or directory")) << result;
  EXPECT_THAT(result.err, HasSubstr("Permission denied"));
  EXPECT_EQ(result.out, "fine\n");
}

// Whoever listens decides about calls.
class Agent {
 public:
  explicit Agent(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(&address.sun_path[0], path.c_str(), sizeof address.sun_path - 1);
    // NOLINTNEXTLINE: as bind(2) wants it.
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
  }
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  ~Agent() {
    ::close(listener_);
    ::close(filter_);
  }

  // The message that comes with the filter's descriptor.
  std::string greet() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    std::string text(65536, '\0');
    iovec part{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(peer, &header, 0);
    if (const cmsghdr* rights = CMSG_FIRSTHDR(&header)) {
      std::memcpy(&filter_, CMSG_DATA(rights), sizeof filter_);
    }
    ::close(peer);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

  // Answers one call with this error, and says which it was.
  int answer(int error) const {
    seccomp_notif request{};
    if (::ioctl(filter_, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return -1;
    seccomp_notif_resp response{};
    response.id = request.id;
    response.error = -error;
    ::ioctl(filter_, SECCOMP_IOCTL_NOTIF_SEND, &response);
    return request.data.nr;
  }

 private:
  int listener_;
  int filter_ = -1;
};

TEST_F(OciConfig, AListenerIsAskedAboutCalls) {
  for (const bool no_new_privileges : {true, false}) {
    const std::string path = root() + "/agent" + (no_new_privileges ? "1" : "2");
    Agent agent(path);
    place(config, "process.noNewPrivileges") = no_new_privileges;
    place(config, "process.args") = support::Words{"sh", "-c", "mkdir /tmp/x; echo went on"};
    Json& filter = place(config, "linux.seccomp");
    filter = Json::parse(
        R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "for the test",
            "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_NOTIFY"}]})");
    filter["listenerPath"] = path;
    write_config();
    support::Start where = Home::start();
    where.directory = bundle();
    support::Program program(runtime_words({"run", "c"}), where);

    const Json greeting = Json::parse(agent.greet());
    EXPECT_EQ(greeting.at("metadata").as_string(), "for the test");
    EXPECT_EQ(greeting.at("fds").as_strings(), support::Words{"seccompFd"});
    EXPECT_EQ(greeting.at("state").at("id").as_string(), "c");
    EXPECT_GT(greeting.at("pid").as_integer(), 1);
    EXPECT_GE(agent.answer(EPERM), 0);
    const auto result = program.wait();
    EXPECT_EQ(result.out, "went on\n") << result;
    EXPECT_THAT(result.err, HasSubstr("Operation not permitted")) << result;
  }
}

TEST_F(OciConfig, DescriptorsArePassedOnAsMany) {
  place(config, "process.args") =
      support::Words{"sh", "-c", "cat <&3; test -e /proc/self/fd/4 || echo no more"};
  write_config();
  const std::string command = "exec \"$@\" 3<" + write("three", "three\n") + " 4</dev/null";
  const auto run_with = [&](const std::string& count) {
    support::Words words = {"sh", "-c", command, "sh"};
    for (const std::string& word :
         runtime_words({"run", "--preserve-fds", count, "--bundle", bundle(), "c"})) {
      words.push_back(word);
    }
    return support::run(words, Home::start());
  };

  EXPECT_EQ(run_with("1").out, "three\nno more\n");
  EXPECT_EQ(run_with("2").out, "three\n");
  EXPECT_THAT(run_with("40").err, HasSubstr("is not open"));
}

struct Refused {
  const char* place;
  const char* json;
  const char* words;
};

constexpr Refused kRefused[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"ociVersion", "\"0.2.0\"", "ociVersion"},
    {"solaris", "{}", "solaris: for another system"},
    {"windows", "{}", "windows: for another system"},
    {"zos", "{}", "zos: for another system"},
    {"vm", "{}", "vm: virtual machines"},
    {"process.commandLine", "\"x\"", "commandLine"},
    {"process.user.username", "\"x\"", "user.username"},
    {"process.selinuxLabel", "\"x\"", "selinuxLabel"},
    {"process.apparmorProfile", "\"no-such\"", "pparmor"},
    {"process.cwd", "\"relative\"", "cwd"},
    {"process.args", "[]", "process.args: missing"},
    {"process.args", "\"x\"", "process: args: expected an array"},
    {"process.rlimits", R"([{"type":"RLIMIT_X","soft":1,"hard":1}])", "RLIMIT_X"},
    {"process.rlimits",
     R"([{"type":"RLIMIT_CORE","soft":1,"hard":1},{"type":"RLIMIT_CORE","soft":1,"hard":1}])",
     "RLIMIT_CORE: stands twice"},
    {"process.scheduler", R"({"policy":"SCHED_X"})", "scheduler: policy: SCHED_X"},
    {"process.ioPriority", R"({"class":"IOPRIO_CLASS_BE","priority":9})", "ioPriority"},
    {"linux.mountLabel", "\"x\"", "linux.mountLabel"},
    {"linux.intelRdt", R"({"closID":"x"})", "linux.intelRdt"},
    {"linux.netDevices", R"({"eth0":{}})", "linux.netDevices"},
    {"linux.memoryPolicy", R"({"mode":"x"})", "linux.memoryPolicy"},
    {"linux.personality", R"({"domain":"X"})", "personality: domain: X"},
    {"linux.rootfsPropagation", "\"x\"", "rootfsPropagation x"},
    {"linux.sysctl", R"({"vm.swappiness":"1"})", "linux.sysctl: vm.swappiness"},
    {"linux.timeOffsets", R"({"boottime":{"secs":1}})", "linux.timeOffsets"},
    {"linux.timeOffsets", R"({"realtime":{"secs":1}})", "timeOffsets: realtime"},
    {"linux.resources", R"({"memory":{"swappiness":1}})", "memory.swappiness"},
    {"linux.resources", R"({"memory":{"kernel":1}})", "memory.kernel"},
    {"linux.resources", R"({"memory":{"disableOOMKiller":true}})", "memory.disableOOMKiller"},
    {"linux.resources", R"({"cpu":{"realtimeRuntime":1}})", "cpu.realtimeRuntime"},
    {"linux.resources", R"({"network":{"classID":1}})", "network.classID"},
    {"linux.resources", R"({"blockIO":{"leafWeight":10}})", "blockIO.leafWeight"},
    {"linux.resources", R"({"unified":{"nosuch.max":"1"}})", "nosuch"},
    {"linux.seccomp", R"({"defaultAction":"SCMP_ACT_X"})", "SCMP_ACT_X"},
    {"linux.seccomp", R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":["X"]})", "X: unknown"},
    {"linux.seccomp", R"({"defaultAction":"SCMP_ACT_ALLOW","flags":["X"]})", "flags: X"},
    {"linux.namespaces", R"([{"type":"pid"}])", "namespaces: mount: missing"},
    {"linux.namespaces", R"([{"type":"mount"},{"type":"pid"},{"type":"pid"}])", "stands twice"},
    {"linux.namespaces", R"([{"type":"mount"},{"type":"x"}])", "type x: unknown"},
    {"linux.namespaces", R"([{"type":"mount"}])", "linux.namespaces has no uts"},
    {"mounts", R"([{"destination":"x","type":"tmpfs"}])", "mounts[0]: destination x"},
    {"mounts", R"([{"type":"tmpfs"}])", "mounts[0]: destination: missing"},
    {"mounts", R"([{"destination":"/x","type":"nofs"}])", "mount /x: mount nofs"},
    {"mounts", R"([{"destination":"/x","type":"bind","source":"/no/where"}])", "/no/where"},
    {"hooks", R"({"prestart":[{"path":"relative"}]})", "prestart[0]: path relative"},
    {"hooks", R"({"poststop":[{"path":"/x","timeout":0}]})", "timeout 0"},
};

TEST_F(OciConfig, RefusesByNameWhatItDoesNotHonour) {
  const Json whole = config;
  place(config, "process.args") = support::Words{"true"};
  const Json plain = config;
  for (const Refused& refused : kRefused) {
    config = plain;
    place(config, refused.place) = Json::parse(refused.json);

    const auto result = runtime({"run", "c"});

    EXPECT_EQ(result.status, 1) << refused.place << " " << refused.json;
    EXPECT_THAT(result.err, HasSubstr(refused.words)) << refused.place;
  }
  config = plain;
  // As mount(8) has it of what belongs to the file system, which is there already.
  for (const std::string word : {"sync", "bogus"}) {
    place(config, "mounts") =
        Json::parse(R"([{"destination":"/x","type":"bind","source":"/tmp","options":["bind",")" +
                    word + "\"]}]");
    const auto result = runtime({"run", "c"});
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_THAT(result.err, HasSubstr("option " + word + " has no meaning for a bind mount"));
  }
  config = plain;
  config["unknown"] = Json::object({{"to", "everybody"}});
  place(config, "linux.unknown") = true;
  EXPECT_EQ(runtime({"run", "c"}).status, 0);
}

}  // namespace
