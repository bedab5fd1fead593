# tests: Limits

OfMemoryEndWhatExceedsThem() {
  try pod run --name big --network none -m 64m box sh -c 'x=a; while :; do x=$x$x; done'

  expect_equal "$status" 137
  expect_equal "$(pod inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' big)" "true 137"
  expect_match "$(pod events --since 1m --stream=false --filter container=big)" ' oom '
}

OfMemoryLetTheRestOfTheContainerLive() {
  pod run -d --name half --network none -m 64m box sh -c 'sh -c "x=a; while :; do x=\$x\$x; done"; echo ended $?; sleep 1000'

  eventually sh -c 'pod logs half | grep "ended 137"'
  expect_equal "$(pod inspect -f '{{.State.Status}}' half)" running
}

OfMemoryAndSwapAreInTheKernelsFiles() {
  idle --name one -m 64m --memory-swap 96m --memory-reservation 32m
  idle --name two -m 64m
  idle --name three -m 64m --memory-swap -1
  idle --name four -m 64m --memory-swap 64m

  expect_equal "$(file_of one memory.max)" 67108864
  expect_equal "$(file_of one memory.swap.max)" 33554432
  expect_equal "$(file_of one memory.low)" 33554432
  expect_equal "$(file_of two memory.swap.max)" 67108864
  expect_equal "$(file_of three memory.swap.max)" max
  expect_equal "$(file_of four memory.swap.max)" 0
}

# Busy for 3 s of the clock; what the kernel counted, in ms.
busy_time() {
  pod run --rm --network none "$@" box sh -c 'timeout 3 sh -c "while :; do :; done"
    sed -n "s/usage_usec //p" /sys/fs/cgroup/cpu.stat' | awk '{ print int($1 / 1000) }'
}

OfProcessorsHalveABusyLoop() {
  local free half
  free=$(busy_time --cpus 4)
  half=$(busy_time --cpus 0.5)

  echo "measured: of 3000 ms: $free ms with 4 processors, $half ms with 0.5"
  expect_between "$half" 1200 1800
  expect_between "$free" $((half * 3 / 2)) 4000
}

OfProcessorsAreInTheKernelsFiles() {
  idle --name one --cpus 0.5 --cpu-shares 512
  idle --name two --cpu-period 50000 --cpu-quota 10000

  expect_equal "$(file_of one cpu.max)" "50000 100000"
  expect_equal "$(file_of one cpu.weight)" 20
  expect_equal "$(file_of two cpu.max)" "10000 50000"
}

OfProcessorsAreSharedByWeight() {
  pod run -d --name light --network none --cpu-shares 256 box sh -c 'while :; do :; done'
  pod run -d --name heavy --network none --cpu-shares 2048 box sh -c 'while :; do :; done'
  local light heavy before_light before_heavy
  used() { file_of "$1" cpu.stat | sed -n 's/usage_usec //p'; }
  sleep 1
  before_light=$(used light)
  before_heavy=$(used heavy)
  sleep 4
  light=$(($(used light) - before_light))
  heavy=$(($(used heavy) - before_heavy))

  echo "measured: light $light us, heavy $heavy us"
  [ "$(nproc)" = 1 ] || skip "on $(nproc) processors both have their own"
  expect_between "$heavy" $((light * 4)) $((light * 16))
}

OfProcessesStopAForkBomb() {
  try pod run --name bomb --network none --pids-limit 20 box sh -c '
    i=0; while [ $i -lt 60 ]; do sleep 30 & i=$((i + 1)); done'

  expect_match "$text" "can't fork"
  idle --name small --pids-limit 20
  expect_equal "$(file_of small pids.max)" 20
}

OfADiskAreInTheKernelsFiles() {
  local device
  device=$(cat /sys/block/ubda/dev)
  idle --name one --device-read-bps /dev/ubda:1mb --device-write-iops /dev/ubda:100 || skip "no io.max"

  expect_equal "$(file_of one io.max)" "$device rbps=1048576 wbps=max riops=max wiops=100"
}

OfADiskSlowDownAWriter() {
  mkdir -p ~/disk
  took() {
    local start
    start=$(date +%s%N)
    pod run --rm --network none -v ~/disk:/disk "${@:2}" box dd if=/dev/zero of=/disk/$1 bs=1M count=4 conv=fsync 2>/dev/null
    echo $((($(date +%s%N) - start) / 1000000))
  }
  local free slow
  free=$(took one --pids-limit 100)
  slow=$(took two --device-write-bps /dev/ubda:1mb)

  echo "measured: 4 MB: $free ms, with 1 MB/s $slow ms"
  expect_between "$slow" 2500 20000
  expect_between "$free" 0 $((slow / 2))
}

OfWeightsOfADiskAreMissedInOneLineWithoutTheKernels() {
  local line
  line=$(pod run --rm --network none --blkio-weight 500 box sh -c 'cat /sys/fs/cgroup/io.weight; :' 2>&1)

  [ -e "$me/io.weight" ] || expect_match "$line" 'block I/O weight not applied'
  [ ! -e "$me/io.weight" ] || expect_match "$line" 'default 4950'
}

OfProcessorSetsAreAppliedOrMissedInOneLine() {
  local line
  line=$(pod run --rm --network none --cpuset-cpus 0 box sh -c 'cat /sys/fs/cgroup/cpuset.cpus; :' 2>&1)

  if grep -qw cpuset "$me/cgroup.controllers"; then
    expect_equal "$line" 0
  else
    expect_match "$line" 'set of CPUs not applied: '
  fi
}

AreChangedByUpdateWhileItRuns() {
  idle --name one -m 64m --cpus 0.5 --pids-limit 20

  pod update -m 128m --memory-swap 256m --cpus 1.5 --pids-limit 40 --cpu-shares 2048 one >/dev/null

  expect_equal "$(file_of one memory.max)" 134217728
  expect_equal "$(file_of one memory.swap.max)" 134217728
  expect_equal "$(file_of one cpu.max)" "150000 100000"
  expect_equal "$(file_of one pids.max)" 40
  expect_equal "$(file_of one cpu.weight)" 79
}

ThatUpdateGivesToAContainerWithoutACgroupHoldFromItsNextStart() {
  idle --name one

  try pod update -m 128m one

  expect_match "$text" 'memory limit kept for its next start, not applied now: it runs without a cgroup'
  pod restart -t 0 one >/dev/null
  expect_equal "$(file_of one memory.max)" 134217728
}

StayWithACommandThatComesLater() {
  idle --name one -m 64m --pids-limit 20

  expect_equal "$(pod exec one cat /sys/fs/cgroup/memory.max)" 67108864
  expect_equal "$(pod exec one cat /proc/self/cgroup)" "$(pod exec one cat /proc/1/cgroup)"
}

StayAfterARestart() {
  idle --name one -m 64m
  pod update -m 96m one >/dev/null

  pod restart -t 0 one >/dev/null

  expect_equal "$(file_of one memory.max)" 100663296
}
