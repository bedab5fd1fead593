# tests: Reboot

LeavesContainersThatTellTheTruth() {
  if [ -z "$MARK" ]; then
    idle --name idle >/dev/null
    idle --name limited -m 64m >/dev/null
    idle --name kept --restart always >/dev/null
    pod run --name done --network none box true
    pod pod create --name p --network none >/dev/null
    pod run -d --pod p --name member box sleep 1000 >/dev/null
    pod volume create v >/dev/null
    reboot_and again
  fi

  expect_equal "$(pod ps -q | wc -l)" 0
  expect_equal "$(pod ps -a --format '{{.Names}}' | sort | xargs)" "done idle kept limited member"
  for name in idle limited kept member; do
    expect_match "$(pod ps -a --filter name=$name --format '{{.Status}}')" '^Exited \('
    expect_equal "$(pod inspect -f '{{.State.Running}} {{.State.Pid}}' $name)" "false 0"
  done
  expect_match "$(pod ps -a --filter name=done --format '{{.Status}}')" '^Exited \(0\)'
  expect_equal "$(pod pod ps --format '{{.Name}} {{.Status}}')" "p Exited"
  expect_equal "$(pod volume ls -q)" v

  pod start --all --filter restart-policy=always >/dev/null
  expect_equal "$(pod ps --format '{{.Names}}')" kept
  pod start idle limited >/dev/null
  expect_equal "$(file_of limited memory.max)" 67108864
  pod pod start p >/dev/null
  expect_equal "$(pod pod ps --format '{{.Name}} {{.Status}}')" "p Running"
}

# Those below the user's systemd. What a login that is over has left is not told to end, by this systemd and logind.
GivesContainersTheTimeToEnd() {
  if [ -z "$MARK" ]; then
    systemd-run --user --quiet pod run --name clean --network none box sh -c 'trap "sleep 1; exit 5" TERM; sleep 1000 & wait'
    eventually sh -c 'pod ps --format "{{.Names}}" | grep clean'
    pod run -d --name limited --network none -m 64m box sh -c 'trap "sleep 1; exit 6" TERM; sleep 1000 & wait' >/dev/null
    reboot_and again
  fi

  expect_equal "$(pod inspect -f '{{.State.Status}} {{.State.ExitCode}}' clean)" "exited 5"
  expect_equal "$(pod inspect -f '{{.State.Status}} {{.State.ExitCode}}' limited)" "exited 6"
}

WithoutWarningIsTold() {
  if [ -z "$MARK" ]; then
    idle --name idle >/dev/null
    reboot_and again --force --force
  fi

  expect_equal "$(pod inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' idle)" \
    "exited 137 it ran until the machine went down"
  pod start idle >/dev/null
  expect_equal "$(pod inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' idle)" "running 0 "
}

StartsWhatAUnitStarts() {
  if [ -z "$MARK" ]; then
    mkdir -p ~/.config/systemd/user
    pod create --name web --network none -m 64m box sleep 1000 >/dev/null
    cd ~/.config/systemd/user
    pod generate systemd --new --files --name web >/dev/null
    pod rm web >/dev/null
    systemctl --user daemon-reload
    systemctl --user enable container-web >/dev/null 2>&1
    reboot_and again
  fi

  eventually sh -c 'pod ps --format "{{.Names}}" | grep web'
  expect_equal "$(systemctl --user is-active container-web)" active
  systemctl --user disable --now container-web >/dev/null 2>&1
  rm ~/.config/systemd/user/container-web.service
  expect_equal "$(pod ps -aq | wc -l)" 0
}

WithoutATmpfsForTheRuntimeFolderIsNoticedToo() {
  export XDG_RUNTIME_DIR=$HOME/runtime
  if [ -z "$MARK" ]; then
    mkdir -p -m 700 "$XDG_RUNTIME_DIR"
    idle --name idle >/dev/null
    trap - EXIT
    reboot_and again
  fi

  [ -e "$XDG_RUNTIME_DIR/pod" ] || fail "the stale folder is not there"
  expect_equal "$(pod ps -q | wc -l)" 0
  expect_match "$(pod ps -a --format '{{.Status}}')" '^Exited \('
  pod start idle >/dev/null
  expect_equal "$(pod ps --format '{{.Names}}')" idle
  pod rm -f -t 0 idle >/dev/null
}
