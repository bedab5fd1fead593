#pragma once

#include "pkg/base/json.hpp"
#include "pkg/sys/caps.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A system call filter before it is compiled; runtime-spec, config-linux.md, "Seccomp".
namespace seccomp {

struct Action {
  enum class Kind { Allow, Errno, Kill, KillThread, Trap, Log, Trace, Notify };
  Kind kind = Kind::Allow;
  int number = 0;  // of Errno and Trace
};

enum class Comparison { NotEqual, Less, LessEqual, Equal, GreaterEqual, Greater, MaskedEqual };

struct Argument {
  unsigned index = 0;
  Comparison comparison = Comparison::Equal;
  std::uint64_t value = 0;
  std::uint64_t second = 0;  // of MaskedEqual: what the masked argument has to be
};

struct Rule {
  std::vector<std::string> calls;
  Action action;
  std::vector<Argument> arguments;  // all have to fit
};

struct Profile {
  Action otherwise;
  std::vector<Rule> rules;
  // "SCMP_ARCH_X86"; nothing said: all that programs of this machine can be of.
  std::optional<std::vector<std::string>> architectures;

  // Whether somebody is asked about some call.
  bool notifies() const;
};

// What containers get that ask for nothing else: the peers' default.
Profile default_profile(sys::CapabilitySet capabilities);

// A file in the form of containers-common's seccomp.json: rules may depend on capabilities and
// architectures. Throws base::Error naming the member.
Profile parse_profile(const base::Json& json, sys::CapabilitySet capabilities);

// The member linux.seccomp of a runtime configuration: its rules and architectures. Throws
// base::Error naming the member.
Profile parse_filter(const base::Json& json);

// The other way: a profile as the member linux.seccomp, with all that programs of this machine can
// be of when nothing is said of architectures.
base::Json filter_json(const Profile& profile);

// The words that may stand for actions and comparisons.
std::vector<std::string> action_words();
std::vector<std::string> comparison_words();

std::vector<std::string> words(std::string_view text);

}  // namespace seccomp
