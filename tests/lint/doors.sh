#!/bin/sh
# lint.doors: each third-party library is included behind its door only, see the table of guests in
# ARCHITECTURE.md. A header that is neither a guest's, nor of the C++ library, libc or the kernel is
# a guest that nobody has announced.
. "$(dirname "$0")/lib.sh"

rows=$(table '| guest | headers | door |') || exit 2
# libc headers that stand at the top of /usr/include.
libc='assert byteswap cpio crypt ctype dirent dlfcn elf endian err errno error execinfo fcntl features
fenv fnmatch fstab fts ftw getopt glob grp ifaddrs inttypes langinfo libgen limits link locale malloc math
mntent mqueue netdb nl_types paths poll pthread pty pwd regex resolv sched search semaphore setjmp
shadow signal spawn stdbool stddef stdint stdio stdlib string strings syslog termios time ucontext
unistd utime utmp utmpx wait wchar wordexp'
sources cmd pkg storage network tests | xargs grep -Hn '^ *# *include *<' | awk -v rows="$rows" -v libc="$libc" '
  function trim(text) { gsub(/^ +| +$/, "", text); return text }
  BEGIN {
    count = split(rows, line, "\n")
    for (i = 1; i <= count; ++i) {
      split(line[i], cell, "|")
      prefixes = split(cell[3], prefix, ",")
      for (p = 1; p <= prefixes; ++p) {
        guest[trim(prefix[p])] = trim(cell[2])
        door[trim(prefix[p])] = trim(cell[4])
      }
    }
    names = split(libc, name, /[ \n]+/)
    for (i = 1; i <= names; ++i) known[name[i] ".h"] = 1
  }
  {
    split($0, part, ":")
    file = part[1]
    header = $0
    sub(/^[^<]*</, "", header)
    sub(/>.*$/, "", header)
    if (header == "fmt/core.h" || header !~ /[.\/]/ || header in known) next
    if (header ~ /^(sys|linux|asm|net|netinet|arpa|bits)\//) next
    best = ""  # a header may have a door of its own
    for (one in guest)
      if (index(header, one) == 1 && length(one) > length(best)) best = one
    if (best != "") {
      # Tests play the other side of a wire, so they may bring the guest that speaks it.
      if (index(file, door[best]) != 1 && index(file, "tests/") != 1)
        print file ":" part[2] ": <" header "> of " guest[best] " belongs behind " door[best]
      next
    }
    print file ":" part[2] ": <" header "> is of a guest without a door in ARCHITECTURE.md"
  }' | report
