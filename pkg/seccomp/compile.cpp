// The only door of libseccomp. Compiling takes milliseconds, reading the result back microseconds:
// so each profile is compiled once and its bytes are kept.
#include "pkg/seccomp/compile.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/fingerprint.hpp"
#include "pkg/base/json.hpp"
#include "pkg/seccomp/profile.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>
#include <seccomp.h>

#include <cerrno>
#include <memory>
#include <span>

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
    case Action::Kind::Notify:
      return SCMP_ACT_NOTIFY;
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

struct Word {
  const char* word;
  std::uint32_t value;
};

constexpr Word kArchitectures[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64},
    {"SCMP_ARCH_ARM", SCMP_ARCH_ARM},
    {"SCMP_ARCH_MIPS", SCMP_ARCH_MIPS},
    {"SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64},
    {"SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32},
    {"SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL},
    {"SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64},
    {"SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32},
    {"SCMP_ARCH_PARISC", SCMP_ARCH_PARISC},
    {"SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64},
    {"SCMP_ARCH_PPC", SCMP_ARCH_PPC},
    {"SCMP_ARCH_PPC64", SCMP_ARCH_PPC64},
    {"SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE},
    {"SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64},
    {"SCMP_ARCH_S390", SCMP_ARCH_S390},
    {"SCMP_ARCH_S390X", SCMP_ARCH_S390X},
    {"SCMP_ARCH_X32", SCMP_ARCH_X32},
    {"SCMP_ARCH_X86", SCMP_ARCH_X86},
    {"SCMP_ARCH_X86_64", SCMP_ARCH_X86_64},
};

// See seccomp(2), "SECCOMP_SET_MODE_FILTER".
constexpr Word kFlags[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"SECCOMP_FILTER_FLAG_LOG", 2},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4},
    {"SECCOMP_FILTER_FLAG_TSYNC", 1},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 32},
};
constexpr std::uint32_t kWaitKillable = 32;

std::uint32_t value_of(std::span<const Word> words, const std::string& text, const char* member) {
  for (const Word& word : words) {
    if (text == word.word) return word.value;
  }
  throw base::Error(fmt::format("{}: {}: unknown", member, text));
}

std::vector<std::string> texts(std::span<const Word> words) {
  std::vector<std::string> out;
  for (const Word& word : words)
    out.emplace_back(word.word);
  return out;
}

// Just those; our own is there already.
void add_architectures(const Context& context, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const int error =
        ::seccomp_arch_add(context.get(), value_of(kArchitectures, name, "architectures"));
    if (error != 0 && error != -EEXIST) throw base::SysError("architectures: " + name, -error);
  }
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
  if (profile.architectures) {
    add_architectures(context, *profile.architectures);
  } else {
    add_architectures(context);
  }
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
Program kept(const std::string& folder, const std::string& name, Make make) {
  const std::string path = folder + "/" + name + ".bpf";
  if (auto program = sys::find_file(path); program && !program->empty()) return *program;
  Program program = compile(make());
  sys::make_dirs(folder, 0700);
  sys::replace_file(path, program, 0600);
  return program;
}

std::string folder_of(const home::Home& home) {
  return home.cache + "/seccomp";
}

// Whom to ask, and in which words.
void take_listener(const base::Json& json, const Profile& profile, Filter& filter) {
  filter.listener_path = json.string_or("listenerPath", "");
  filter.listener_metadata = json.string_or("listenerMetadata", "");
  if (profile.notifies() && filter.listener_path.empty()) {
    throw base::Error("listenerPath: missing, with rules of SCMP_ACT_NOTIFY");
  }
  if (!filter.listener_metadata.empty() && filter.listener_path.empty()) {
    throw base::Error("listenerMetadata: without a listenerPath");
  }
  if (!profile.notifies()) filter.listener_path.clear();
}

}  // namespace

Filter compile_filter(const base::Json& json, const std::string& folder) {
  Filter filter;
  const Profile profile = parse_filter(json);
  for (const std::string& flag : json.strings_or_none("flags"))
    filter.flags |= value_of(kFlags, flag, "flags");
  take_listener(json, profile, filter);
  // The kernel takes that one only together with a listener.
  if (filter.listener_path.empty()) filter.flags &= ~kWaitKillable;
  const std::string text = json.dump();
  const auto make = [&] { return profile; };
  filter.program =
      folder.empty()
          ? compile(profile)
          : kept(folder, fmt::format("filter-{}-{}", kEdition, base::fingerprint(text)), make);
  return filter;
}

std::vector<std::string> architecture_words() {
  return texts(kArchitectures);
}

std::vector<std::string> flag_words() {
  return texts(kFlags);
}

std::string library_version() {
  const scmp_version* version = ::seccomp_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->micro);
}

Program default_program(const home::Home& home, sys::CapabilitySet capabilities) {
  return kept(folder_of(home), fmt::format("default-{}-{:x}", kEdition, capabilities),
              [&] { return default_profile(capabilities); });
}

Program compile_profile(const home::Home& home, const std::string& path,
                        sys::CapabilitySet capabilities) try {
  const std::string text = sys::read_file(path);
  return kept(folder_of(home),
              fmt::format("file-{}-{:x}-{:016x}-{}", kEdition, capabilities, fingerprint(text),
                          text.size()),
              [&] {
                Profile profile = parse_profile(base::Json::parse(text), capabilities);
                if (!profile.notifies()) return profile;
                throw base::Error("action SCMP_ACT_NOTIFY: not supported here");
              });
} catch (base::Error& error) {
  error.during("seccomp profile " + path);
  throw;
}

}  // namespace seccomp
