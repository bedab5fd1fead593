#!/bin/sh
# lint.man: every command that the help shows has a page, and the options of a page are those that
# the command's own help shows.
#   man.sh ROOT PROGRAM [RUNTIME]
#
# The commands of RUNTIME (pod-runtime) share one page, which has all their options somewhere in bold.
# A page describes an option in its section OPTIONS on a line that begins with its bold names:
# "**--name**, **-n**=*text*" (with or without "#### " before it).
. "$(dirname "$0")/lib.sh"
program=${2:?usage: $0 ROOT PROGRAM}

# "run", "pod ps": the names in the list of commands, in which summaries begin in one column.
commands() {
  "$program" --help </dev/null | awk '
    /^Commands:/ { inside = 1; next }
    inside && /^  [a-z]/ { sub(/^  /, ""); sub(/  .*/, ""); print; next }
    inside && /^[^ ]/ { inside = 0 }'
}

# The long options of a help text: words that begin a line, up to the name of the value.
in_help() {
  awk '/^ *-/ {
    for (i = 1; i <= NF && $i ~ /^-/; ++i) {
      sub(/[,=[].*$/, "", $i)
      if ($i ~ /^--/) print $i
    }
  }' | grep -vx -e --help | LC_ALL=C sort -u
}

in_page() {
  awk '
    /^#+ *OPTIONS/ { inside = 1; next }
    /^# / { inside = 0 }
    inside && /^(#+ )?\*\*-/ {
      while (match($0, /\*\*--[a-z0-9-]+/)) {
        print substr($0, RSTART + 2, RLENGTH - 2)
        $0 = substr($0, RSTART + RLENGTH)
      }
    }' "$1" | grep -vx -e --help | LC_ALL=C sort -u
}

runtime=${3:-}
if [ -n "$runtime" ]; then
  file=man/pod-runtime.1.md
  known=$(
    for name in "" $(program=$runtime commands); do
      # shellcheck disable=SC2086 # no word at all for the program itself
      "$runtime" $name --help 2>/dev/null </dev/null | in_help
    done | LC_ALL=C sort -u
  )
  told=$(grep -o '\*\*[^*]*--[a-z0-9-]*' $file | grep -o -e '--[a-z0-9-]*' |
    LC_ALL=C sort -u)
  {
    for option in $known; do
      printf '%s\n' "$told" | grep -qx -e "$option" || echo "$file:1: does not describe $option"
    done
    for option in $told; do
      printf '%s\n' "$known" | grep -qx -e "$option" || echo "$file:1: describes what no command knows: $option"
    done
  } | report || exit 1
fi

names=$(commands)
[ -n "$names" ] || { echo "$program --help shows no commands"; exit 1; }
help=$(mktemp) && page=$(mktemp) || exit 2
trap 'rm -f "$help" "$page"' EXIT
printf '%s\n' "$names" | while read -r name; do
  file=man/pod-$(printf %s "$name" | tr ' ' '-').1.md
  if [ ! -f "$file" ]; then echo "$file:1: missing: the page of \"pod $name\""; continue; fi
  # shellcheck disable=SC2086 # a name may have two words
  "$program" $name --help 2>/dev/null </dev/null | in_help >"$help"
  in_page "$file" >"$page"
  LC_ALL=C comm -23 "$help" "$page" | sed "s|^|$file:1: does not describe |"
  LC_ALL=C comm -13 "$help" "$page" | sed "s|^|$file:1: describes what \"pod $name --help\" does not know: |"
done | report
