// The payload of test images: a static program that does what its arguments say, one after the
// other. `probe print one sleep 2 exit 7` needs no shell, no libc in the image and no quoting.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

void say(const char* text) {
  std::fputs(text, stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "probe: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

void copy(int from, int to) {
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(from, buffer, sizeof buffer);
    if (count <= 0) return;
    for (ssize_t done = 0; done < count;) {
      const ssize_t more = ::write(to, buffer + done, static_cast<size_t>(count - done));
      if (more < 0) return;
      done += more;
    }
  }
}

// --- what is around ------------------------------------------------------------------------------

void print_file(const char* path) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) give_up(path);
  copy(file, STDOUT_FILENO);
  ::close(file);
}

void write_text(const char* path, const char* text) {
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) give_up(path);
  if (::write(file, text, std::strlen(text)) < 0) give_up(path);
  ::close(file);
}

// "0:0 groups 0 10": effective ids, supplementary groups.
void print_ids(const char*) {
  std::printf("%u:%u groups", ::geteuid(), ::getegid());
  gid_t groups[64];
  const int count = ::getgroups(64, groups);
  for (int i = 0; i < count; ++i)
    std::printf(" %u", groups[i]);
  say("");
}

// The lines of /proc/self/status that begin with one of the words: capabilities, seccomp, ids.
void print_status(const char* prefix) {
  FILE* file = std::fopen("/proc/self/status", "re");
  if (file == nullptr) give_up("/proc/self/status");
  char line[512];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, prefix, std::strlen(prefix)) == 0) std::fputs(line, stdout);
  }
  std::fclose(file);
  std::fflush(stdout);
}

void print_environment(const char* name) {
  if (std::strcmp(name, "all") != 0) {
    const char* value = std::getenv(name);
    say(value == nullptr ? "(unset)" : value);
    return;
  }
  for (char** one = environ; *one != nullptr; ++one)
    say(*one);
}

void print_namespace(const char* kind) {
  char path[64];
  char link[64] = {};
  std::snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
  if (::readlink(path, link, sizeof link - 1) < 0) give_up(path);
  say(link);
}

void print_directory(const char* path) {
  dirent** names = nullptr;
  const int count = ::scandir(path, &names, nullptr, ::alphasort);
  if (count < 0) give_up(path);
  for (int i = 0; i < count; ++i) {
    if (names[i]->d_name[0] != '.') say(names[i]->d_name);
  }
}

// "100644 0:0 12": mode, owner, size.
void print_stat(const char* path) {
  struct stat found {};
  if (::lstat(path, &found) != 0) give_up(path);
  std::printf("%o %u:%u %lld\n", found.st_mode, found.st_uid, found.st_gid,
              static_cast<long long>(found.st_size));
  std::fflush(stdout);
}

void print_working_directory(const char*) {
  char path[4096];
  say(::getcwd(path, sizeof path) == nullptr ? std::strerror(errno) : path);
}

void print_host_name(const char*) {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  say(name);
}

// The descriptors that are open: nothing but 0, 1 and 2 may come into a container.
void print_descriptors(const char*) {
  for (int fd = 0; fd < 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) std::printf("%d ", fd);
  }
  say("");
}

void print_limits(const char*) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  std::printf("nofile %llu %llu\n", static_cast<unsigned long long>(files.rlim_cur),
              static_cast<unsigned long long>(files.rlim_max));
  std::fflush(stdout);
}

void print_terminal(const char*) {
  winsize size{};
  if (::isatty(STDIN_FILENO) == 0 || ::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0) {
    say("no terminal");
    return;
  }
  std::printf("terminal %ux%u\n", size.ws_row, size.ws_col);
  std::fflush(stdout);
}

// --- what may not be done ------------------------------------------------------------------------

// "refused" or "allowed": whether we have the right. The calls are wrong otherwise, so that nothing
// happens where they are allowed.
void attempt(const char* what) {
  long result = 0;  // NOLINT(google-runtime-int): as syscall(2)
  errno = 0;
  if (std::strcmp(what, "mount") == 0) {
    result = ::mount("none", "/", "no-such-type", 0, nullptr);
  } else if (std::strcmp(what, "unshare") == 0) {
    result = ::unshare(CLONE_NEWNS);
  } else if (std::strcmp(what, "userns") == 0) {
    result = ::unshare(CLONE_NEWUSER);
  } else if (std::strcmp(what, "reboot") == 0) {
    result = ::syscall(SYS_reboot, 0, 0, 0, nullptr);
  } else if (std::strcmp(what, "keyctl") == 0) {
    result = ::syscall(SYS_keyctl, 0, -3, 0);
  } else if (std::strcmp(what, "hostname") == 0) {
    result = ::syscall(SYS_sethostname, nullptr, -1);
  } else {
    result = ::open(what, O_RDONLY | O_CLOEXEC);
  }
  const bool refused = result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
  std::printf("%s %s\n", what, refused ? "refused" : "allowed");
  std::fflush(stdout);
}

// --- signals -------------------------------------------------------------------------------------

volatile std::sig_atomic_t caught = 0;

void wait_for_signal(const char*) {
  struct sigaction action {};
  action.sa_handler = [](int number) { caught = number; };
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, SIGWINCH}) {
    ::sigaction(number, &action, nullptr);
  }
  say("waiting");
  while (caught == 0)
    ::poll(nullptr, 0, 50);
  std::printf("signal %d\n", static_cast<int>(caught));
  std::fflush(stdout);
  caught = 0;
}

void ignore_signal(const char* number) {
  std::signal(std::atoi(number), SIG_IGN);
}

void kill_self(const char* number) {
  std::signal(std::atoi(number), SIG_DFL);
  ::kill(::getpid(), std::atoi(number));
}

// Dies of a signal even as process 1, whose default actions the kernel ignores: a child does it.
void crash(const char* number) {
  const pid_t child = ::fork();
  if (child == 0) {
    kill_self(number);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::printf("child status %d\n", status);
  std::fflush(stdout);
}

// --- network and IPC -----------------------------------------------------------------------------

sockaddr_in address_of(const char* host, const char* port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  ::inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

int open_socket(int type, const char* host, const char* port, bool listens) {
  const int one = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const sockaddr_in address = address_of(host, port);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const int yes = 1;
  ::setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const int result =
      listens ? ::bind(one, generic, sizeof address) : ::connect(one, generic, sizeof address);
  if (result != 0) give_up(port);
  if (listens && type == SOCK_STREAM && ::listen(one, 16) != 0) give_up(port);
  return one;
}

// Answers every connection with the text, as a small HTTP server would, for ever.
void serve_tcp(const char* port, const char* text) {
  const int listener = open_socket(SOCK_STREAM, "0.0.0.0", port, true);
  say("serving");
  for (;;) {
    const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) continue;
    char request[4096];
    pollfd waiting{peer, POLLIN, 0};
    if (::poll(&waiting, 1, 200) > 0) (void)!::read(peer, request, sizeof request);
    ::dprintf(peer, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s\n", std::strlen(text) + 1,
              text);
    ::shutdown(peer, SHUT_WR);
    ::close(peer);
  }
}

void serve_udp(const char* port, const char* text) {
  const int receiver = open_socket(SOCK_DGRAM, "0.0.0.0", port, true);
  say("serving");
  for (;;) {
    char request[4096];
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    auto* generic = reinterpret_cast<sockaddr*>(&peer);
    if (::recvfrom(receiver, request, sizeof request, 0, generic, &size) < 0) continue;
    ::sendto(receiver, text, std::strlen(text), 0, generic, size);
  }
}

// Connects to 127.0.0.1 and prints what comes.
void fetch(const char* host, const char* port) {
  const int peer = open_socket(SOCK_STREAM, host, port, false);
  (void)!::write(peer, "GET / HTTP/1.0\r\n\r\n", 18);
  copy(peer, STDOUT_FILENO);
  ::close(peer);
}

// To the service manager; see sd_notify(3). A comma stands for a line's end.
void notify(const char* text) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) give_up("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  char message[256] = {};
  for (std::size_t i = 0; text[i] != '\0' && i + 1 < sizeof message; ++i)
    message[i] = text[i] == ',' ? '\n' : text[i];
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::sendto(socket, message, std::strlen(message), 0, generic, sizeof address) < 0) {
    give_up("notify");
  }
  ::close(socket);
}

constexpr key_t kSharedKey = 0x706f64;

void put_shared(const char* text) {
  const int id = ::shmget(kSharedKey, 4096, IPC_CREAT | 0666);
  if (id < 0) give_up("shmget");
  auto* memory = static_cast<char*>(::shmat(id, nullptr, 0));
  std::strncpy(memory, text, 4095);
  say("shared");
}

void get_shared(const char*) {
  const int id = ::shmget(kSharedKey, 4096, 0);
  say(id < 0 ? "(nothing shared)" : static_cast<char*>(::shmat(id, nullptr, SHM_RDONLY)));
}

// --- output, time, end ---------------------------------------------------------------------------

void print_error(const char* text) {
  std::fprintf(stderr, "%s\n", text);
}

void print_bare(const char* text) {
  std::fputs(text, stdout);
  std::fflush(stdout);
}

void flood(const char* bytes) {
  char line[1024];
  std::memset(line, 'x', sizeof line);
  line[sizeof line - 1] = '\n';
  for (long left = std::atol(bytes); left > 0; left -= static_cast<long>(sizeof line)) {
    if (::write(STDOUT_FILENO, line, sizeof line) < 0) give_up("flood");
  }
}

// Lines with their numbers, 1 and up.
void count(const char* lines) {
  const long last = std::atol(lines);
  for (long i = 1; i <= last; ++i)
    std::printf("line %09ld of what is to be read in order\n", i);
  std::fflush(stdout);
}

// The same on standard output and standard error in turns.
void count_on_both(const char* lines) {
  const long last = std::atol(lines);
  for (long i = 1; i <= last; ++i) {
    std::printf("line %09ld of output\n", i);
    std::fflush(stdout);
    std::fprintf(stderr, "line %09ld of errors\n", i);
  }
}

void read_input(const char*) {
  copy(STDIN_FILENO, STDOUT_FILENO);
}

// A signal (of another size, for one) does not end it.
void read_line(const char*) {
  char line[4096] = {};
  size_t used = 0;
  while (used + 1 < sizeof line) {
    const ssize_t count = ::read(STDIN_FILENO, line + used, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count != 1 || line[used] == '\n') break;
    ++used;
  }
  line[used] = '\0';
  std::printf("line %s\n", line);
  std::fflush(stdout);
}

void sleep_for(const char* seconds) {
  ::poll(nullptr, 0, static_cast<int>(std::atof(seconds) * 1000));
}

void sleep_for_ever(const char*) {
  for (;;)
    ::poll(nullptr, 0, -1);
}

void end(const char* status) {
  std::exit(std::atoi(status));
}

void print_pid(const char*) {
  std::printf("%d\n", ::getpid());
  std::fflush(stdout);
}

struct Action {
  const char* name;
  int arguments;
  void (*one)(const char*);
  void (*two)(const char*, const char*) = nullptr;
};

constexpr Action kActions[] = {
    {"print", 1, say},
    {"bare", 1, print_bare},
    {"error", 1, print_error},
    {"exit", 1, end},
    {"sleep", 1, sleep_for},
    {"forever", 0, sleep_for_ever},
    {"flood", 1, flood},
    {"count", 1, count},
    {"both", 1, count_on_both},
    {"read", 0, read_input},
    {"line", 0, read_line},
    {"wait", 0, wait_for_signal},
    {"ignore", 1, ignore_signal},
    {"kill", 1, kill_self},
    {"crash", 1, crash},
    {"pid", 0, print_pid},
    {"ids", 0, print_ids},
    {"status", 1, print_status},
    {"env", 1, print_environment},
    {"ns", 1, print_namespace},
    {"ls", 1, print_directory},
    {"stat", 1, print_stat},
    {"cat", 1, print_file},
    {"pwd", 0, print_working_directory},
    {"hostname", 0, print_host_name},
    {"fds", 0, print_descriptors},
    {"limits", 0, print_limits},
    {"terminal", 0, print_terminal},
    {"try", 1, attempt},
    {"put", 1, put_shared},
    {"get", 0, get_shared},
    {"write", 2, nullptr, write_text},
    {"tcp", 2, nullptr, serve_tcp},
    {"udp", 2, nullptr, serve_udp},
    {"fetch", 2, nullptr, fetch},
    {"notify", 1, notify},
};

const Action* find(const char* name) {
  for (const Action& action : kActions) {
    if (std::strcmp(action.name, name) == 0) return &action;
  }
  return nullptr;
}

}  // namespace

int main(int count, char** words) {
  std::setvbuf(stdout, nullptr, _IOFBF, BUFSIZ);
  for (int i = 1; i < count;) {
    const Action* action = find(words[i]);
    if (action == nullptr || i + action->arguments >= count) {
      std::fprintf(stderr, "probe: what is \"%s\"?\n", words[i]);
      return 2;
    }
    if (action->arguments == 2)
      action->two(words[i + 1], words[i + 2]);
    else
      action->one(action->arguments == 0 ? nullptr : words[i + 1]);
    i += 1 + action->arguments;
  }
  return 0;
}
