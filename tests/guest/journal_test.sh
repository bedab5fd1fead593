# tests: Journal

HasTheOutputWithTheFieldsOfThePeers() {
  pod run --name talks --network none --log-driver journald box sh -c 'echo to the journal; echo an error >&2' >/dev/null 2>&1

  eventually sh -c 'sudo journalctl CONTAINER_NAME=talks -o cat | grep "an error"'
  local entry
  entry=$(sudo journalctl CONTAINER_NAME=talks -o json | jq -c 'select(.MESSAGE == "to the journal")')
  expect_equal "$(jq -r .CONTAINER_ID_FULL <<<"$entry")" "$(pod inspect -f '{{.Id}}' talks)"
  expect_equal "$(jq -r .PRIORITY <<<"$entry")" 6
  expect_equal "$(jq -r ._UID <<<"$entry")" $UID
  expect_equal "$(sudo journalctl CONTAINER_NAME=talks -p 3 -o cat)" "an error"
}

IsReadByLogsOrNamedInOneLine() {
  pod run --name talks --network none --log-driver journald box echo to the journal >/dev/null

  try pod logs talks

  if [ $status = 0 ]; then
    expect_equal "$text" "to the journal"
  else
    expect_match "$text" '^pod: logs: container talks: its log driver is "journald": read them with journalctl CONTAINER_NAME=talks$'
  fi
}

IsNotNeededForHealthChecks() {
  pod run -d --name well --network none --health-cmd true --health-interval 1s box sleep 1000 >/dev/null

  eventually sh -c 'pod inspect -f "{{.State.Health.Status}}" well | grep healthy'
  expect_equal "$(systemctl --user list-timers --all --no-legend | grep -c "$(pod inspect -f '{{.Id}}' well)" || :)" 0
}
