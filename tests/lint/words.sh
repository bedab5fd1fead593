#!/bin/sh
# lint.words: what is left to do is done or filed, not written down in the tree; and no file ends in
# spaces or tabs.
. "$(dirname "$0")/lib.sh"

{
  sources cmd pkg storage network tests | xargs grep -HnwE 'TODO|FIXME|XXX|HACK'
  find README.md ARCHITECTURE.md CONTRIBUTING.md CMakeLists.txt examples man -type f 2>/dev/null |
    xargs grep -HnwE 'TODO|FIXME|XXX|HACK'
  sources cmd pkg storage network tests | xargs grep -HnE '[ 	]+$' | sed 's/:\([0-9]*\):.*/:\1: space at the end of the line/'
} | report
