# What the lints share. Each is called with the root of the tree, reports every finding as
# "file:line: what", and ends with 1 when there was one. Exit 77 means: cannot be checked here.
set -u
root=${1:?usage: $0 ROOT [...]}
cd "$root" || exit 2
law=ARCHITECTURE.md

# All C++ files of the product, or below the folders given.
sources() {
  [ $# -gt 0 ] || set -- cmd pkg storage network
  for folder in "$@"; do
    [ ! -d "$folder" ] || find "$folder" \( -name '*.cpp' -o -name '*.hpp' \)
  done | LC_ALL=C sort
}

# The rows of the table in ARCHITECTURE.md whose header begins with the words given.
table() {
  awk -v header="$1" '
    index($0, header) == 1 { inside = 1; next }
    inside && /^\|[-|: ]*$/ { next }
    inside && /^\|/ { print; found = 1; next }
    { inside = 0 }
    END { exit !found }' "$law" || { echo "$law: there is no table \"$1\"" >&2; exit 2; }
}

# Shows findings (standard input) and fails when there are any.
report() {
  awk '{ print; bad = 1 } END { exit bad }'
}
