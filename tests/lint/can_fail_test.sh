#!/bin/sh
# lint.can_fail: a lint that cannot fail checks nothing. Each is shown a small tree that breaks its
# rule once, and the same tree without the breach.
#   can_fail_test.sh ROOT
set -u
root=${1:?usage: $0 ROOT}
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/pkg/base" "$tree/pkg/sys" "$tree/tests" "$tree/examples/hello"
cp "$root/ARCHITECTURE.md" "$tree/"
failed=0

# expect 0|1 LINT WHAT [ARGUMENT...]: runs the lint and compares how it ends.
expect() {
  wanted=$1 lint=$2 what=$3
  shift 3
  said=$("$root/tests/lint/$lint.sh" "$tree" "$@" 2>&1)
  got=$?
  if [ "$got" -eq 77 ]; then echo "$lint: not checked: $said"; return; fi
  if [ "$got" -ne "$wanted" ]; then
    echo "lint.$lint: $what: ended with $got instead of $wanted: $said"
    failed=1
  fi
}

breach() {  # LINT WHAT FILE TEXT: the tree is fine, then FILE breaks the rule, then it is fine again
  expect 0 "$1" "without $2"
  printf '%s\n' "$4" >"$tree/$3"
  expect 1 "$1" "$2"
  rm "$tree/$3"
}

echo 'int one();' >"$tree/pkg/base/one.hpp"
echo '#include "pkg/base/one.hpp"' >"$tree/pkg/sys/two.cpp"
breach layers 'an include that goes up' pkg/base/up.cpp '#include "pkg/sys/two.hpp"'
breach layers 'an include of no room' pkg/base/up.cpp '#include "one.hpp"'
breach layers 'a folder that is no room' pkg/alone.cpp '#include "pkg/base/one.hpp"'
breach doors 'a guest beside its door' pkg/sys/guest.cpp '#include <curl/curl.h>'
breach doors 'a guest that nobody announced' pkg/sys/guest.cpp '#include <boost/any.hpp>'
breach words 'a word of what is left' pkg/sys/later.cpp "// $(echo TO)DO: more"
breach words 'a space at the end' pkg/sys/space.cpp 'int a; '
breach sizes 'a long file' pkg/sys/long.cpp "$(awk 'BEGIN { for (i = 0; i < 520; ++i) print "// " i }')"
breach sizes 'a long function' pkg/sys/long.cpp \
  "$(awk 'BEGIN { print "int f() {"; for (i = 0; i < 70; ++i) print "  g();"; print "}" }')"

touch "$tree/examples/hello/pod.yaml"
expect 1 examples 'an example without README.md'
for name in pod.yaml README.md expected.txt; do echo one >"$tree/examples/hello/$name"; done
expect 0 examples 'a whole example'
expect 1 examples 'a file that is not understood' false
expect 0 examples 'a file that is understood' true

mkdir "$tree/man"
cat >"$tree/program" <<'END'
#!/bin/sh
if [ "$1" = --help ]; then printf "Commands:\n  one two     Do it\n"; else printf "  -a, --all NAME   All\n      --help\n"; fi
END
chmod +x "$tree/program"
expect 1 man 'a command without a page' "$tree/program"
printf "# OPTIONS\n\n**--all**, **-a**=*name*\n\nAll.\n" >"$tree/man/pod-one-two.1.md"
expect 0 man 'a page with all options' "$tree/program"
printf "\n**--none**\n" >>"$tree/man/pod-one-two.1.md"
expect 1 man 'an option that is not there' "$tree/program"
printf "# OPTIONS\n" >"$tree/man/pod-one-two.1.md"
expect 1 man 'an option that is not described' "$tree/program"

compile() { printf '%s\n' "$2" | ${CXX:-c++} -x c++ "$1" -o "$tree/object" - && shift 2; }
if compile -c 'extern "C" { int chdir(const char*); } int f() { return chdir("/"); }'; then
  expect 0 inside 'only system calls' "$tree/object"
  compile -c 'extern "C" void* malloc(unsigned long); void* f() { return malloc(1); }'
  expect 1 inside 'an allocation' "$tree/object"
fi
expect 1 startup 'a program that loads more' "$(command -v cmake || command -v c++)"
exit $failed
