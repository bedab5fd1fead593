#!/bin/sh
# lint.sizes: files of the product stay under 500 lines and functions under 60.
. "$(dirname "$0")/lib.sh"
command -v ctags >/dev/null || { echo "universal-ctags is not installed"; exit 77; }

{
  sources | xargs wc -l | awk '$2 != "total" && $1 >= 500 { print $2 ":1: " $1 " lines; a file has fewer than 500" }'
  sources | ctags -L - -f - --languages=C++ --kinds-C++=f --fields=ne --sort=no --excmd=number |
    awk -F '\t' '{
      first = last = 0
      for (i = 4; i <= NF; ++i) {
        if ($i ~ /^line:/) first = substr($i, 6)
        if ($i ~ /^end:/) last = substr($i, 5)
      }
      lines = last - first + 1
      if (last && lines >= 60) print $2 ":" first ": " $1 " has " lines " lines; a function has fewer than 60"
    }'
} | report
