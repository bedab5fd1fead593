# tests: Podman

# The same command of both, each with its own store; what it says has to be the same.
both() {
  local ours theirs
  ours=$(pod "$@" 2>&1) || ours="$ours [$?]"
  theirs=$(podman "$@" 2>&1) || theirs="$theirs [$?]"
  [ "$ours" = "$theirs" ] || fail "of '$*' pod says '$ours', podman '$theirs'"
}
prepare_podman() {
  command -v podman >/dev/null || skip "podman is not installed"
  podman image exists box || pod image save box | podman load >/dev/null 2>&1
  podman rm -fa -t 0 >/dev/null
}

HasTheSameLimitsInTheKernelsFiles() {
  prepare_podman
  for limits in "-m 64m" "-m 64m --memory-swap 96m" "-m 64m --memory-swap -1" "--memory-reservation 32m" "--cpus 0.5" \
    "--cpu-shares 512" "--cpu-period 50000 --cpu-quota 10000" "--pids-limit 20"; do
    both run --rm --network none $limits box sh -c \
      'cd /sys/fs/cgroup; cat memory.max memory.swap.max memory.low cpu.max cpu.weight'
  done
  both run --rm --network none --pids-limit 20 box cat /sys/fs/cgroup/pids.max
}

EndsTheSameWayForWantOfMemory() {
  prepare_podman

  both run --name big --network none -m 32m box sh -c 'x=a; while :; do x=$x$x; done'
  both inspect -f '{{.State.ExitCode}} {{.State.Status}}' big
  expect_equal "$(pod inspect -f '{{.State.OOMKilled}}' big)" true # podman 4.3 forgets it with crun
  podman rm -f big >/dev/null
}

UpdatesTheSameFiles() {
  prepare_podman
  pod run -d --name one --network none -m 64m box sleep 1000 >/dev/null
  podman run -d --name one --network none -m 64m box sleep 1000 >/dev/null

  pod update -m 128m --cpus 0.5 one >/dev/null
  podman update -m 128m --cpus 0.5 one >/dev/null
  both exec one sh -c 'cd /sys/fs/cgroup; cat memory.max cpu.max'
  podman rm -f -t 0 one >/dev/null
}

HasTheSameLimitsOfYaml() {
  prepare_podman
  cat >~/same.yaml <<'X'
apiVersion: v1
kind: Pod
metadata:
  name: same
spec:
  containers:
    - name: one
      image: localhost/box:latest
      imagePullPolicy: Never
      command: [/bin/sleep, "1000"]
      resources:
        requests: {memory: 32Mi, cpu: 250m}
        limits: {memory: 64Mi, cpu: 500m}
X
  pod play --network none ~/same.yaml >/dev/null 2>&1
  podman play kube --network none ~/same.yaml >/dev/null

  both exec same-one /bin/sh -c 'cd /sys/fs/cgroup; /bin/cat memory.max memory.low cpu.max'
  podman pod rm -f -t 0 same >/dev/null
}
