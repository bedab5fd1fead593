# tests: Systemd

# How often the command has the user's systemd do something, as that one says itself.
calls_in() {
  systemctl --user log-level debug
  sudo journalctl --sync
  local mark
  mark=$(sudo journalctl -n 0 --show-cursor -q | sed -n 's/^-- cursor: //p')
  "$@" >/dev/null
  sudo journalctl --sync
  sudo journalctl --after-cursor "$mark" _UID=$UID -o cat |
    grep -E 'Got message type=method_call' | grep -cE 'member=(StartTransientUnit|AttachProcessesToUnit)' || :
  systemctl --user log-level info
}

IsNotAskedForContainersWithoutLimits() {
  expect_equal "$(calls_in pod run --rm --network none box true)" 0
}

IsAskedOnceForEachContainerOfALoginSinceOnlyItMayMoveThem() {
  three() { for name in a b c; do idle --name $name -m 64m; done; }

  expect_equal "$(calls_in three)" 3
}

IsAskedOnceForThreeContainersOfAPod() {
  pod pod create --name p --network none >/dev/null
  for name in a b c; do pod create --pod p --name $name -m 64m box sleep 1000 >/dev/null; done

  expect_equal "$(calls_in pod pod start p)" 1
  expect_equal "$(file_of b memory.max)" 67108864
}

MakesOneScopeForAllContainers() {
  for name in a b c; do idle --name $name -m 64m >/dev/null; done

  expect_equal "$(systemctl --user list-units --plain --no-legend 'pod*.scope' | wc -l)" 1
  for name in a b c; do
    expect_equal "$(dirname "$(cgroup_of $name)")" "$(dirname "$(cgroup_of a)")"
  done
}

IsNotAskedForFurtherContainersWhereTheWayIsOurs() {
  idle --name a -m 64m >/dev/null
  echo 'for name in b c d; do pod run -d --name $name --network none -m 64m box sleep 1000; done' >~/three.sh

  expect_equal "$(calls_in systemd-run --user --quiet --wait --collect sh ~/three.sh)" 1 # systemd-run's own
  expect_equal "$(file_of d memory.max)" 67108864
  expect_equal "$(pod exec d cat /sys/fs/cgroup/memory.max)" 67108864
}

HasNothingLeftWhenTheLastContainerIsGone() {
  for name in a b; do idle --name $name -m 64m >/dev/null; done

  pod rm -f -t 0 a >/dev/null
  expect_equal "$(pod exec b cat /sys/fs/cgroup/memory.max)" 67108864
  pod rm -f -t 0 b >/dev/null

  eventually sh -c '[ "$(systemctl --user list-units --all --plain --no-legend "pod*.scope" | wc -l)" = 0 ]'
  expect_equal "$(find "$me" -name 'pod-*' | wc -l)" 0
}

ThatIsNotThereIsMissedInOneLine() {
  try env XDG_RUNTIME_DIR=/nowhere DBUS_SESSION_BUS_ADDRESS= sudo -u visitor \
    HOME=/home/visitor XDG_RUNTIME_DIR=/tmp/visitor-runtime sh -c 'mkdir -p -m 700 /tmp/visitor-runtime; cd
      busybox tar -cf - -C / bin/busybox 2>/dev/null | pod import - box2 >/dev/null
      exec pod run --rm --network none -m 64m box2 /bin/busybox echo hello'

  expect_match "$text" 'memory limit not applied: .*no systemd of this user runs that could be asked'
  expect_match "$text" $'\nhello$'
  expect_equal "$status $(wc -l <<<"$text")" "0 2"
}

PutsContainersIntoTheSliceThatIsAskedFor() {
  idle --name a -m 64m --cgroup-parent mine.slice >/dev/null

  expect_match "$(cgroup_of a)" '/mine.slice/'
  expect_equal "$(file_of a memory.max)" 67108864
}

IsNotAskedForASplitCgroupOfItsUnit() {
  expect_equal "$(calls_in systemd-run --user --quiet --unit split -p Delegate=yes \
    pod run --name a --cgroups split --network none -m 64m box sleep 1000)" 1
  eventually sh -c 'pod inspect -f "{{.State.Status}}" a | grep running'

  expect_match "$(cgroup_of a)" '/split.service/'
  expect_equal "$(file_of a memory.max)" 67108864
  expect_equal "$(pod exec a cat /sys/fs/cgroup/memory.max)" 67108864
  systemctl --user stop split
  eventually sh -c 'pod inspect -f "{{.State.Status}}" a | grep exited'
}

KnowsNothingOfCgroupsThatAreDisabled() {
  idle --name a --cgroups disabled >/dev/null

  expect_equal "$(cgroup_of a)" ""
  try pod run --rm --cgroups disabled -m 64m box true
  expect_match "$text" 'there are no limits without a cgroup'
}

KnowsContainersWithoutConmon() {
  idle --name a --cgroups no-conmon -m 64m >/dev/null

  expect_equal "$(file_of a memory.max)" 67108864
}
