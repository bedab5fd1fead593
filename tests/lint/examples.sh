#!/bin/sh
# lint.examples: every example has its pod.yaml, a README.md of a few lines and the expected.txt that
# it is compared with; with PROGRAM, each file is understood to the last field.
#   examples.sh ROOT [PROGRAM]
. "$(dirname "$0")/lib.sh"
program=${2-}

for folder in examples/*/; do
  [ "$folder" != 'examples/image/' ] && [ -d "$folder" ] || continue
  for name in pod.yaml README.md expected.txt; do
    [ -s "$folder$name" ] || echo "$folder$name:1: missing"
  done
  [ ! -f "${folder}README.md" ] || awk -v file="${folder}README.md" '
    END { if (NR > 20) print file ":" NR ": an example explains itself in 20 lines" }' "${folder}README.md"
  if [ -n "$program" ] && [ -f "${folder}pod.yaml" ]; then
    said=$("$program" play --dry-run --strict "${folder}pod.yaml" 2>&1 </dev/null) ||
      echo "${folder}pod.yaml:1: $said"
  fi
done | report
