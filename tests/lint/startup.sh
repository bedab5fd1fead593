#!/bin/sh
# lint.startup: what the dynamic linker has to load before `pod` begins: libc, and that is all.
#   startup.sh ROOT PROGRAM
. "$(dirname "$0")/lib.sh"

needed=$(readelf --dynamic --wide "${2:?usage: $0 ROOT PROGRAM}") || exit 2
printf '%s\n' "$needed" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' |
  grep -vE '^(libc\.so\.6|libm\.so\.6|ld-linux.*)$' |
  sed 's/^/cmd\/pod\/CMakeLists.txt:1: pod loads /; s/$/ at every start/' | report
