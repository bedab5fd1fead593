#!/bin/sh
# lint.layers: includes go only where the floor plan in ARCHITECTURE.md lets them.
. "$(dirname "$0")/lib.sh"

rows=$(table '| room | may include |') || exit 2
sources | xargs grep -Hn '^ *# *include *"' | awk -v rows="$rows" '
  function trim(text) { gsub(/^ +| +$/, "", text); return text }
  function place(room) {  # where a room stands
    if (room == "tar") return "storage/tar"
    if (room == "storage" || room == "network" || room ~ /^cmd\// || room ~ /\.hpp$/) return room
    return "pkg/" room
  }
  function room_of(path, best, one) {  # the room with the longest matching folder
    best = ""
    for (one in granted) if (index(path, one "/") == 1 && length(one) > length(best)) best = one
    return best
  }
  BEGIN {
    count = split(rows, line, "\n")
    for (i = 1; i <= count; ++i) {
      split(line[i], cell, "|")
      rooms = split(cell[2], room, ",")
      grants = split(cell[3], grant, ",")
      for (r = 1; r <= rooms; ++r) {
        from = place(trim(room[r]))
        granted[from] = 1
        for (g = 1; g <= grants; ++g) if (trim(grant[g]) != "") may[from, place(trim(grant[g]))] = 1
      }
    }
  }
  {
    split($0, part, ":")
    file = part[1]
    split($0, quoted, "\"")
    header = quoted[2]
    from = room_of(file)
    to = room_of(header)
    if (from == "") print file ":" part[2] ": this folder is no room of the floor plan"
    else if (to == "") print file ":" part[2] ": \"" header "\" is not in a room; write the path from the root"
    else if (from != to && !((from, to) in may) && !((from, header) in may))
      print file ":" part[2] ": " from " may not include \"" header "\""
  }' | report
