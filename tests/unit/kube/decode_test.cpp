#include "pkg/kube/decode.hpp"

#include "pkg/base/error.hpp"
#include "pkg/kube/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

constexpr const char* kFull = R"(
apiVersion: v1
kind: Pod
metadata:
  name: web.v1
  labels: {app: web, empty: }
  annotations: {note: "yes"}
spec:
  restartPolicy: OnFailure
  terminationGracePeriodSeconds: 3
  hostname: front
  shareProcessNamespace: true
  hostAliases:
    - ip: 10.0.0.1
      hostnames: [one, two]
  securityContext:
    runAsUser: 1000
    runAsGroup: 1001
    supplementalGroups: [5, 6]
  volumes:
    - name: cache
      emptyDir: {medium: Memory, sizeLimit: 1Mi}
    - name: site
      hostPath: {path: ./site, type: Directory}
    - name: plain
  initContainers:
    - {name: prepare, image: a}
    - {name: helper, image: b, restartPolicy: Always}
  containers:
    - name: server
      image: nginx
      imagePullPolicy: Never
      command: [sh, -c]
      args: [exit]
      workingDir: /srv
      env:
        - {name: A, value: "1"}
      ports:
        - {name: http, containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}
        - {containerPort: 53, protocol: UDP}
      resources:
        limits: {cpu: 250m, memory: 64Mi}
      securityContext:
        runAsUser: 7
        readOnlyRootFilesystem: true
        allowPrivilegeEscalation: false
        capabilities: {add: [NET_ADMIN], drop: [ALL]}
      volumeMounts:
        - {name: site, mountPath: /site, readOnly: true, subPath: a/b}
        - {name: cache, mountPath: /cache}
      stdin: true
      tty: true
)";

kube::Pod full() {
  return kube::load_text(kFull, "pod.yaml", "/folder").pods.at(0);
}

TEST(Decode, ReadsWhatAPodSays) {
  const kube::Pod pod = full();

  EXPECT_EQ(pod.name, "web.v1");
  EXPECT_EQ(pod.labels.at("app"), "web");
  EXPECT_EQ(pod.labels.at("empty"), "");
  EXPECT_EQ(pod.annotations.at("note"), "yes");
  EXPECT_EQ(pod.restart_policy, kube::RestartPolicy::OnFailure);
  EXPECT_EQ(pod.grace_period, 3);
  EXPECT_EQ(pod.hostname, "front");
  EXPECT_TRUE(pod.share_processes);
  EXPECT_FALSE(pod.host_network);
  ASSERT_EQ(pod.host_aliases.size(), 1U);
  EXPECT_EQ(pod.host_aliases[0].ip, "10.0.0.1");
  EXPECT_THAT(pod.host_aliases[0].names, ElementsAre("one", "two"));
  EXPECT_EQ(pod.place, "pod.yaml:2");
  EXPECT_EQ(pod.folder, "/folder");
}

TEST(Decode, ReadsVolumes) {
  const kube::Pod pod = full();

  ASSERT_EQ(pod.volumes.size(), 3U);
  EXPECT_EQ(pod.volumes[0].empty_dir, (kube::EmptyDir{.memory = true, .size_limit = 1 << 20}));
  EXPECT_EQ(pod.volumes[1].host_path, (kube::HostPath{.type = "Directory", .path = "./site"}));
  EXPECT_EQ(pod.volumes[1].where, "pod.yaml:24: spec.volumes[1].hostPath.path");
  EXPECT_EQ(pod.volumes[2].empty_dir, kube::EmptyDir{});
}

TEST(Decode, ReadsWhatAContainerSays) {
  const kube::Container container = full().containers.at(0);

  EXPECT_EQ(container.name, "server");
  EXPECT_EQ(container.image, "nginx");
  EXPECT_EQ(container.pull_policy, kube::ImagePullPolicy::Never);
  EXPECT_THAT(container.command.value(), ElementsAre("sh", "-c"));
  EXPECT_THAT(container.args, ElementsAre("exit"));
  EXPECT_EQ(container.working_dir, "/srv");
  EXPECT_EQ(container.env.at(0).name + container.env.at(0).value, "A1");
  ASSERT_EQ(container.ports.size(), 2U);
  EXPECT_EQ(container.ports[0].host_port, 8080);
  EXPECT_EQ(container.ports[0].host_ip, "127.0.0.1");
  EXPECT_EQ(container.ports[0].protocol, "tcp");
  EXPECT_EQ(container.ports[1].protocol, "udp");
  EXPECT_EQ(container.cpu_limit, 250);
  EXPECT_EQ(container.memory_limit, 64 << 20);
  ASSERT_EQ(container.mounts.size(), 2U);
  EXPECT_EQ(container.mounts[0].sub_path, "a/b");
  EXPECT_TRUE(container.mounts[0].read_only);
  EXPECT_TRUE(container.open_stdin);
  EXPECT_TRUE(container.tty);
}

TEST(Decode, LetsContainersInheritWhoTheyAre) {
  const kube::Pod pod = full();

  const kube::SecurityContext& own = pod.containers.at(0).security;
  EXPECT_EQ(own.run_as_user, 7);
  EXPECT_EQ(own.run_as_group, 1001);
  EXPECT_THAT(own.supplemental_groups, ElementsAre(5, 6));
  EXPECT_TRUE(own.read_only_root);
  EXPECT_FALSE(own.allow_privilege_escalation);
  EXPECT_THAT(own.add_capabilities, ElementsAre("NET_ADMIN"));
  EXPECT_THAT(own.drop_capabilities, ElementsAre("ALL"));
  EXPECT_EQ(pod.init_containers.at(0).security.run_as_user, 1000);
}

TEST(Decode, TellsSidecarsFromInitContainers) {
  const kube::Pod pod = full();

  EXPECT_FALSE(pod.init_containers.at(0).is_sidecar);
  EXPECT_TRUE(pod.init_containers.at(1).is_sidecar);
}

TEST(Decode, KnowsDnsNames) {
  for (const char* fine : {"a", "a-b", "0", "a1"})
    EXPECT_TRUE(kube::is_dns_label(fine)) << fine;
  for (const char* wrong : {"", "A", "-a", "a-", "a.b", "a_b"})
    EXPECT_FALSE(kube::is_dns_label(wrong)) << wrong;
  EXPECT_FALSE(kube::is_dns_label(std::string(64, 'a')));
  EXPECT_TRUE(kube::is_dns_subdomain("a.b-c.d"));
  EXPECT_FALSE(kube::is_dns_subdomain("a..b"));
  EXPECT_FALSE(kube::is_dns_subdomain("."));
}

TEST(Decode, FindsThePodsOfLists) {
  const auto loaded = kube::load_text(R"(
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: x, image: i}]}}
  - {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {containers: [{name: x, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: c}, spec: {containers: [{name: x, image: i}]}}
)",
                                      "pods.yaml", ".");

  std::vector<std::string> names;
  for (const kube::Pod& pod : loaded.pods)
    names.push_back(pod.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

}  // namespace
