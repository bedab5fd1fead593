// Completion scripts know nothing themselves: they ask `pod __complete`, which knows the tables.
#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"

#include <string_view>

namespace pod {
namespace {

constexpr std::string_view kBash = R"sh(# bash completion for pod
_pod() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    [[ $line == "${COMP_WORDS[COMP_CWORD]}"* ]] && COMPREPLY+=("$line")
  done < <("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ ${#COMPREPLY[@]} -eq 0 ]; then
    compopt -o default 2>/dev/null
  fi
}
complete -F _pod pod
)sh";

constexpr std::string_view kZsh = R"sh(#compdef pod
_pod() {
  local line
  local -a found
  while IFS= read -r line; do
    found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#found} )); then
    _describe pod found
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_pod" ]; then
  _pod "$@"
else
  compdef _pod pod
fi
)sh";

constexpr std::string_view kFish = R"sh(# fish completion for pod
function __pod_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c pod -f -a '(__pod_complete)'
)sh";

}  // namespace

int completion(Arguments arguments) {
  std::string shell;

  cli::Options options("Show the completion script of a shell: bash, zsh or fish");
  options.argument("SHELL", shell);
  options.parse(arguments);

  if (shell == "bash") {
    cli::print(kBash);
  } else if (shell == "zsh") {
    cli::print(kZsh);
  } else if (shell == "fish") {
    cli::print(kFish);
  } else {
    throw base::Error(shell + ": not one of bash, zsh, fish");
  }
  return 0;
}

}  // namespace pod
