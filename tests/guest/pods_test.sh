# tests: Pods

FromYamlHaveTheLimitsOfTheirContainers() {
  cat >~/web.yaml <<'X'
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: one
      image: localhost/box:latest
      imagePullPolicy: Never
      command: [sleep, "1000"]
      resources:
        requests: {memory: 32Mi, cpu: 250m}
        limits: {memory: 64Mi, cpu: 500m}
    - name: two
      image: localhost/box:latest
      imagePullPolicy: Never
      command: [sleep, "1000"]
      resources:
        limits: {memory: 96Mi}
X
  pod play --network none ~/web.yaml >/dev/null

  expect_equal "$(file_of web-one memory.max)" 67108864
  expect_equal "$(file_of web-one cpu.max)" "50000 100000"
  expect_equal "$(file_of web-one memory.low)" 33554432
  expect_equal "$(file_of web-one cpu.weight)" 10
  expect_equal "$(file_of web-two memory.max)" 100663296
  expect_equal "$(dirname "$(cgroup_of web-one)")" "$(dirname "$(cgroup_of web-two)")"
  pod down ~/web.yaml >/dev/null
}

HoldAllTheirContainersToTheirLimit() {
  pod pod create --name p --network none -m 64m --cpus 0.5 >/dev/null
  pod run -d --pod p --name a box sleep 1000 >/dev/null
  try pod run --pod p --name b box sh -c 'x=a; while :; do x=$x$x; done'

  expect_equal "$status" 137
  expect_equal "$(cat "$(dirname "$(cgroup_of a)")/memory.max")" 67108864
  expect_equal "$(cat "$(dirname "$(cgroup_of a)")/cpu.max")" "50000 100000"
  expect_equal "$(pod inspect -f '{{.State.OOMKilled}}' b)" true
  expect_equal "$(pod inspect -f '{{.State.Status}}' a)" running
}

TellTheirCgroup() {
  pod pod create --name p --network none -m 64m >/dev/null
  pod run -d --pod p --name a box sleep 1000 >/dev/null

  expect_equal "/sys/fs/cgroup$(pod pod inspect -f '{{.CgroupPath}}' p)" "$(dirname "$(cgroup_of a)")"
}

AreInTheSliceThatIsAskedFor() {
  pod pod create --name p --network none --cgroup-parent mine.slice -m 64m >/dev/null
  pod run -d --pod p --name a box sleep 1000 >/dev/null

  expect_match "$(cgroup_of a)" '/mine.slice/'
  expect_equal "$(pod pod inspect -f '{{.CgroupParent}}' p)" mine.slice
}
