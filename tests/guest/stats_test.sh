# tests: Stats

# Holds 20 MB of its own and has read 30 MB of a file.
busy() {
  pod run -d --name "$1" --network none "${@:2}" box sh -c '
    dd if=/dev/zero of=/file bs=1M count=30 2>/dev/null; cat /file >/dev/null
    x=$(head -c 20000000 /dev/zero | tr "\0" a); echo ready; sleep 1000; :' >/dev/null
  eventually sh -c "pod logs $1 | grep ready"
}
stats_of() { pod stats --no-stream --format json "$1" | jq -r ".[0].$2"; }
# "22.5MB" in bytes.
bytes() { awk -v text="$1" 'BEGIN { unit["kB"] = 1e3; unit["MB"] = 1e6; unit["GB"] = 1e9
  number = text + 0; sub(/^[0-9.]+/, "", text); print int(number * (text in unit ? unit[text] : 1)) }'; }

AgreeWithTheKernelsFilesForAContainerWithLimits() {
  busy one -m 128m --pids-limit 50
  local used idle

  used=$(file_of one memory.current)
  idle=$(file_of one memory.stat | sed -n 's/^inactive_file //p')

  expect_between "$(bytes "$(stats_of one mem_usage | cut -d' ' -f1)")" $(((used - idle) * 9 / 10)) $(((used - idle) * 11 / 10))
  expect_match "$(stats_of one mem_usage)" ' / 134.2MB$'
  expect_equal "$(stats_of one pids)" "$(file_of one pids.current)"
  expect_between "$(bytes "$(stats_of one mem_usage | cut -d' ' -f1)")" 20000000 45000000
}

AreNearTheKernelsForAContainerWithoutLimits() {
  busy one

  expect_between "$(bytes "$(stats_of one mem_usage | cut -d' ' -f1)")" 18000000 45000000
  expect_equal "$(stats_of one pids)" 2
}

CountProcessorTimeAsTheKernelDoes() {
  pod run -d --name one --network none --cpus 0.5 box sh -c 'while :; do :; done' >/dev/null
  sleep 2
  local counted told
  counted=$(file_of one cpu.stat | sed -n 's/usage_usec //p')
  told=$(pod stats --no-stream --format '{{.CPUNano}}' one)

  expect_between $((told / 1000)) "$counted" $((counted + 1500000))
  expect_between "$(pod stats --no-stream --format '{{.CPUPerc}}' one | cut -d. -f1)" 35 65
}

OfAPodAreThoseOfItsContainers() {
  pod pod create --name p --network none >/dev/null
  pod run -d --pod p --name a -m 64m box sleep 1000 >/dev/null
  pod run -d --pod p --name b -m 96m box sleep 1000 >/dev/null

  try pod pod stats --no-stream --format '{{.Name}} {{.MemUsage}}' p
  expect_match "$text" 'a [0-9.]+[kM]?B / 67.11MB'
  expect_match "$text" 'b [0-9.]+[kM]?B / 100.7MB'
}
