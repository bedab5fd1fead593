#!/bin/sh
# lint.inside: the library that runs between clone and exec calls nothing but what inside.allow
# lists: wrappers of system calls, and a few functions of libc that only look at memory.
#   inside.sh ROOT LIBRARY
. "$(dirname "$0")/lib.sh"
allow=$(dirname "$0")/inside.allow
[ -f "$allow" ] || allow=tests/lint/inside.allow

names=$(nm --undefined-only --format=posix "${2:?usage: $0 ROOT LIBRARY}") || exit 2
defined=$(nm --defined-only --format=posix "$2") || exit 2
printf '%s\n' "$names" | awk -v allow="$allow" -v defined="$defined" '
  BEGIN {
    while ((getline line < allow) > 0) {
      sub(/#.*/, "", line)
      count = split(line, word, " ")
      for (i = 1; i <= count; ++i) allowed[word[i]] = 1
    }
    count = split(defined, line2, "\n")
    for (i = 1; i <= count; ++i) { split(line2[i], word, " "); ours[word[1]] = 1 }
  }
  NF >= 2 && $2 ~ /^[Uwv]$/ && !($1 in allowed) && !($1 in ours) && !seen[$1]++ {
    print "pkg/runtime/inside:1: calls " $1 ", which tests/lint/inside.allow does not list"
  }' | report
