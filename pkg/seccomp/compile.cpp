// The only door of libseccomp. Compiling takes milliseconds, reading the result back microseconds:
// so each profile is compiled once and its bytes are kept.
#include "pkg/seccomp/compile.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/seccomp/profile.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>
#include <seccomp.h>

#include <cerrno>
#include <memory>

#include <sys/mman.h>
#include <unistd.h>

namespace seccomp {
namespace {

// Part of the names of kept files: a change of how or what we compile needs another number.
constexpr int kEdition = 1;

struct Release {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

std::uint32_t native(const Action& action) {
  const auto number = static_cast<unsigned>(action.number) & 0xffffU;
  switch (action.kind) {
    case Action::Kind::Allow:
      return SCMP_ACT_ALLOW;
    case Action::Kind::Errno:
      return 0x00050000U | number;
    case Action::Kind::Kill:
      return SCMP_ACT_KILL_PROCESS;
    case Action::Kind::KillThread:
      return SCMP_ACT_KILL_THREAD;
    case Action::Kind::Trap:
      return SCMP_ACT_TRAP;
    case Action::Kind::Log:
      return SCMP_ACT_LOG;
    case Action::Kind::Trace:
      return 0x7ff00000U | number;
  }
  return SCMP_ACT_KILL_PROCESS;
}

scmp_compare native(Comparison comparison) {
  switch (comparison) {
    case Comparison::NotEqual:
      return SCMP_CMP_NE;
    case Comparison::Less:
      return SCMP_CMP_LT;
    case Comparison::LessEqual:
      return SCMP_CMP_LE;
    case Comparison::Equal:
      return SCMP_CMP_EQ;
    case Comparison::GreaterEqual:
      return SCMP_CMP_GE;
    case Comparison::Greater:
      return SCMP_CMP_GT;
    case Comparison::MaskedEqual:
      return SCMP_CMP_MASKED_EQ;
  }
  return SCMP_CMP_EQ;
}

void add(const Context& context, const Rule& rule, const std::string& call) {
  const int number = ::seccomp_syscall_resolve_name(call.c_str());
  if (number == __NR_SCMP_ERROR) return;  // newer than the library, or of another architecture
  std::vector<scmp_arg_cmp> arguments;
  for (const Argument& argument : rule.arguments) {
    arguments.push_back(
        {argument.index, native(argument.comparison), argument.value, argument.second});
  }
  const int error =
      ::seccomp_rule_add_array(context.get(), native(rule.action), number,
                               static_cast<unsigned>(arguments.size()), arguments.data());
  // EDOM, EINVAL: a call that only some of the architectures have. EACCES: what happens anyway.
  if (error == 0 || error == -EDOM || error == -EINVAL || error == -EACCES) return;
  throw base::SysError("seccomp rule for " + call, -error);
}

void add_architectures(const Context& context) {
#if defined(__x86_64__)
  for (const std::uint32_t architecture : {SCMP_ARCH_X86, SCMP_ARCH_X32}) {
    const int error = ::seccomp_arch_add(context.get(), architecture);
    if (error != 0 && error != -EEXIST) throw base::SysError("seccomp architecture", -error);
  }
#else
  (void)context;
#endif
}

Program compile(const Profile& profile) {
  const Context context(::seccomp_init(native(profile.otherwise)));
  if (!context) throw base::SysError("seccomp", ENOMEM);
  // Setting no_new_privs is the runtime's decision, not the filter's.
  ::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_NNP, 0);
  ::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  add_architectures(context);
  for (const Rule& rule : profile.rules) {
    for (const std::string& call : rule.calls)
      add(context, rule, call);
  }
  const sys::Fd memory(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!memory) throw base::SysError("memfd_create");
  const int error = ::seccomp_export_bpf(context.get(), memory.get());
  if (error != 0) throw base::SysError("seccomp", -error);
  ::lseek(memory.get(), 0, SEEK_SET);
  return sys::read_all(memory);
}

// FNV-1a: tells texts apart, not friend from foe; the folder is the user's own.
std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

template <typename Make>
Program kept(const home::Home& home, const std::string& name, Make make) {
  const std::string folder = home.cache + "/seccomp";
  const std::string path = folder + "/" + name + ".bpf";
  if (auto program = sys::find_file(path); program && !program->empty()) return *program;
  Program program = compile(make());
  sys::make_dirs(folder, 0700);
  sys::replace_file(path, program, 0600);
  return program;
}

}  // namespace

Program default_program(const home::Home& home, sys::CapabilitySet capabilities) {
  return kept(home, fmt::format("default-{}-{:x}", kEdition, capabilities),
              [&] { return default_profile(capabilities); });
}

Program compile_profile(const home::Home& home, const std::string& path,
                        sys::CapabilitySet capabilities) try {
  const std::string text = sys::read_file(path);
  return kept(home,
              fmt::format("file-{}-{:x}-{:016x}-{}", kEdition, capabilities, fingerprint(text),
                          text.size()),
              [&] { return parse_profile(base::Json::parse(text), capabilities); });
} catch (base::Error& error) {
  error.during("seccomp profile " + path);
  throw;
}

}  // namespace seccomp
