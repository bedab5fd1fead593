# tests: Unit

units=~/.config/systemd/user
serve='trap "exit 0" TERM; sleep 1000 & wait'
# The unit of a container or a pod, known to the user's systemd.
install_unit() {
  mkdir -p $units
  (cd $units && pod generate systemd --files --name "$@" >/dev/null)
  systemctl --user daemon-reload
}
remove_unit() {
  systemctl --user stop "$1" >/dev/null 2>&1 || :
  systemctl --user reset-failed >/dev/null 2>&1 || :
  rm -f "$units/$1.service"
  systemctl --user daemon-reload
}
is_active() { systemctl --user is-active "$1" 2>&1 || :; }

IsTakenBySystemdWithoutAWord() {
  pod create --name web --network none -m 64m box sh -c "$serve" >/dev/null
  pod pod create --name p --network none >/dev/null
  pod create --pod p --name a box sh -c "$serve" >/dev/null
  local folder
  folder=$(mktemp -d)
  cd "$folder"
  pod generate systemd --files --name web >/dev/null
  pod generate systemd --files --name p >/dev/null
  mkdir new
  (cd new && pod generate systemd --new --files --name web && pod generate systemd --new --files --name p) >/dev/null

  for file in *.service new/*.service; do
    try systemd-analyze --user verify --man=no "$folder/$file"
    expect_equal "$status $text" "0 "
  done
}

StartsStopsAndStartsAgain() {
  pod create --name web --network none box sh -c "$serve" >/dev/null
  install_unit web

  systemctl --user start container-web
  eventually sh -c 'pod ps --format "{{.Names}}" | grep web'
  systemctl --user restart container-web
  eventually sh -c 'pod ps --format "{{.Names}}" | grep web'
  systemctl --user stop container-web

  expect_equal "$(pod inspect -f '{{.State.Status}}' web)" exited
  remove_unit container-web
}

ThatMakesItsContainerAnewRemovesIt() {
  pod create --name web --network none -m 64m box sh -c "$serve" >/dev/null
  install_unit --new web
  pod rm web >/dev/null

  systemctl --user start container-web
  eventually sh -c 'pod ps --format "{{.Names}}" | grep web'
  expect_equal "$(file_of web memory.max)" 67108864
  systemctl --user stop container-web

  expect_equal "$(pod ps -aq | wc -l)" 0
  expect_equal "$(is_active container-web)" inactive
  remove_unit container-web
}

StartsItAgainWhenItFails() {
  pod create --name web --network none box sh -c 'echo started; sleep 1000 & wait' >/dev/null
  install_unit --new --restart-policy=on-failure --restart-sec=1 web
  pod rm web >/dev/null
  systemctl --user start container-web
  eventually sh -c 'pod ps --format "{{.Names}}" | grep web'
  local first
  first=$(pod inspect -f '{{.Id}}' web)

  pod kill -s KILL web >/dev/null

  eventually sh -c "pod ps --no-trunc -q | grep -v $first | grep ."
  expect_equal "$(is_active container-web)" active
  remove_unit container-web
  expect_equal "$(pod ps -aq | wc -l)" 0
}

FailsWithItsContainersStatus() {
  pod create --name web --network none box sh -c 'exit 3' >/dev/null
  install_unit --new --restart-policy=no web
  pod rm web >/dev/null

  systemctl --user start container-web 2>/dev/null || : # it may have failed by then
  eventually sh -c '[ "$(systemctl --user is-active container-web)" = failed ]'

  expect_equal "$(systemctl --user show -P ExecMainStatus container-web)" 3
  remove_unit container-web
}

PutsTheOutputIntoTheJournal() {
  pod create --name web --network none box sh -c 'echo hello from web; trap "exit 0" TERM; sleep 1000 & wait' >/dev/null
  install_unit --new web
  pod rm web >/dev/null

  systemctl --user start container-web

  eventually sh -c 'sudo journalctl _SYSTEMD_USER_UNIT=container-web.service -o cat | grep "hello from web"'
  remove_unit container-web
}

OfAPodStartsAndStopsItsContainers() {
  pod pod create --name p --network none >/dev/null
  pod create --pod p --name a -m 64m box sh -c "$serve" >/dev/null
  pod create --pod p --name b box sh -c "$serve" >/dev/null
  install_unit --new p
  pod pod rm -f p >/dev/null

  systemctl --user start pod-p
  expect_equal "$(pod ps --format '{{.Names}}' | sort | xargs)" "a b"
  expect_equal "$(file_of a memory.max)" 67108864
  systemctl --user stop pod-p

  expect_equal "$(pod pod ps -q | wc -l)" 0
  remove_unit pod-p
}

OfThePeersKindHasItsMonitorAsMainProcess() {
  mkdir -p $units
  cat >$units/forks.service <<'X'
[Service]
Type=forking
PIDFile=%t/forks.pid
ExecStart=/usr/local/bin/pod run -d --rm --replace --name forks --network none --conmon-pidfile=%t/forks.pid box sh -c "trap \"exit 0\" TERM; sleep 1000 & wait"
ExecStop=/usr/local/bin/pod stop --ignore -t 1 forks
X
  systemctl --user daemon-reload

  systemctl --user start forks
  expect_equal "$(is_active forks)" active
  expect_equal "$(systemctl --user show -P MainPID forks)" "$(cat "$XDG_RUNTIME_DIR/forks.pid")"
  systemctl --user stop forks

  expect_equal "$(pod ps -aq | wc -l)" 0
  remove_unit forks
}

OfTheNotifyingKindIsReadyWhenItsContainerRuns() {
  pod run --help | grep -q -e --sdnotify || skip "there is no --sdnotify"
  mkdir -p $units
  cat >$units/notifies.service <<'X'
[Service]
Type=notify
NotifyAccess=all
Delegate=yes
ExecStart=/usr/local/bin/pod run -d --rm --replace --name notifies --sdnotify=conmon --cgroups=split --network none -m 64m box sh -c "trap \"exit 0\" TERM; sleep 1000 & wait"
ExecStop=/usr/local/bin/pod stop --ignore -t 1 notifies
X
  systemctl --user daemon-reload

  systemctl --user start notifies
  expect_equal "$(is_active notifies)" active
  expect_match "$(cgroup_of notifies)" '/notifies.service/'
  expect_equal "$(file_of notifies memory.max)" 67108864
  systemctl --user stop notifies

  expect_equal "$(pod ps -aq | wc -l)" 0
  remove_unit notifies
}
