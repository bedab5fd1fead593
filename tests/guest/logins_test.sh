# tests: Login

# In a login of `visitor`, who does not linger unless told to.
prepare_visitor() {
  local root=/tmp/visitor-box.tar
  [ -e $root ] || pod image save box -o $root >/dev/null
  chmod 644 $root
  sudo loginctl disable-linger visitor
  as_visitor "pod load -i $root >/dev/null; pod rm -fa -t 0 >/dev/null"
}
forget_visitor() {
  sudo loginctl disable-linger visitor
  sudo loginctl terminate-user visitor 2>/dev/null || :
  eventually sh -c '! loginctl list-users --no-legend | grep visitor'
}
sleepers_of_visitor() { pgrep -c -f "sleep 432[1]" || :; }

ThatEndsLeavesAContainerWithLimitsRunningForWhoeverLingers() {
  prepare_visitor
  sudo loginctl enable-linger visitor
  as_visitor 'pod run -d --name stays --network none -m 64m box sleep 4321' >/dev/null
  sleep 2

  expect_equal "$(as_visitor 'pod inspect -f "{{.State.Status}}" stays')" running
  expect_equal "$(as_visitor 'pod exec stays cat /sys/fs/cgroup/memory.max')" 67108864
  as_visitor 'pod rm -f -t 0 stays' >/dev/null
  forget_visitor
}

ThatEndsTakesTheContainersOfScopesWithItForWhoeverDoesNot() {
  prepare_visitor
  eventually sh -c '! loginctl list-users --no-legend | grep visitor'
  as_visitor 'pod run -d --name goes --network none -m 64m box sleep 4321' >/dev/null

  eventually sh -c '! pgrep -f "sleep 432[1]"'
  eventually sh -c '! loginctl list-users --no-legend | grep visitor'
  expect_match "$(as_visitor 'pod ps -a --format "{{.Names}} {{.Status}}"')" '^goes Exited \('
  as_visitor 'pod start goes >/dev/null; pod inspect -f "{{.State.Status}}" goes' >/tmp/text
  expect_equal "$(tail -n 1 /tmp/text)" running
  as_visitor 'pod rm -f -t 0 goes' >/dev/null
  forget_visitor
}

# As logind is set here and in most places (KillUserProcesses=no): what a session leaves keeps it open.
ThatEndsLeavesAContainerWithoutLimitsInItsSession() {
  prepare_visitor
  as_visitor 'pod run -d --name stays --network none box sleep 4321' >/dev/null
  sleep 2

  expect_equal "$(sleepers_of_visitor)" 1
  expect_equal "$(as_visitor 'pod inspect -f "{{.State.Status}}" stays')" running
  as_visitor 'pod rm -f -t 0 stays' >/dev/null
  expect_equal "$(sleepers_of_visitor)" 0
  forget_visitor
}

ThatIsKilledEndsItsContainers() {
  prepare_visitor
  as_visitor 'pod run -d --name goes --stop-timeout 1 --network none box sleep 4321' >/dev/null

  sudo loginctl kill-user visitor

  eventually sh -c '! pgrep -f "sleep 432[1]"'
  eventually sh -c '! loginctl list-users --no-legend | grep visitor'
  expect_match "$(as_visitor 'pod ps -a --format "{{.Names}} {{.Status}}"')" '^goes Exited \('
  expect_equal "$(as_visitor 'pod ps -q | wc -l')" 0
  as_visitor 'pod rm goes' >/dev/null
  forget_visitor
}
