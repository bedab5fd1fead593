#include "pkg/kube/steps.hpp"

#include "pkg/base/text.hpp"
#include "pkg/kube/container_options.hpp"
#include "pkg/kube/load.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const std::vector<kube::Step>& steps) {
  std::vector<std::string> out;
  for (const kube::Step& step : steps)
    out.push_back(step.text());
  return out;
}

std::vector<kube::Pod> pods_of(const std::string& text) {
  return kube::load_text(text, "pod.yaml", "/folder").pods;
}

// A pod with one container that says `more`.
kube::Pod pod_with(const std::string& container, const std::string& spec = "") {
  return pods_of("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {" + spec +
                 "containers: [{name: c, image: i, " + container + "}]}}")
      .at(0);
}

containers::Options options_of(const kube::Pod& pod) {
  return kube::container_options(pod, pod.containers.at(0), {});
}

// data/steps: files that say in lines of "#> " which steps they come to.
class Steps : public testing::TestWithParam<std::string> {};

TEST_P(Steps, AreWhatTheFileSays) {
  const std::string text = sys::read_file(DATA_FOLDER "/steps/" + GetParam());
  std::vector<std::string> expected;
  for (const std::string& line : base::split(text, '\n'))
    if (line.starts_with("#> ")) expected.push_back(line.substr(3));

  std::vector<std::string> steps;
  for (const kube::Pod& pod : pods_of(text))
    for (const std::string& step : texts(kube::make_steps(pod, {})))
      steps.push_back(step);

  EXPECT_THAT(steps, testing::ElementsAreArray(expected));
}

std::string title(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.find('.'));
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Data, Steps, testing::ValuesIn(sys::list_dir(DATA_FOLDER "/steps")),
                         title);

TEST(StepsOptions, ReplaceTheEntryPointByTheCommand) {
  const auto both = options_of(pod_with("command: [a], args: [b]"));
  EXPECT_THAT(both.entrypoint.value(), ElementsAre("a"));
  EXPECT_THAT(both.command, ElementsAre("b"));

  const auto only_arguments = options_of(pod_with("args: [b]"));
  EXPECT_FALSE(only_arguments.entrypoint);
  EXPECT_THAT(only_arguments.command, ElementsAre("b"));
}

TEST(StepsOptions, ExpandVariablesInOrder) {
  const auto options = options_of(pod_with(
      "env: [{name: A, value: '1'}, {name: B, value: '$(A)$(C)$$(A)'}, {name: C, value: '3'}], "
      "args: ['$(B)', '$(C)', '$(NOBODY)']"));

  EXPECT_THAT(options.env, ElementsAre("A=1", "B=1$(C)$(A)", "C=3"));
  EXPECT_THAT(options.command, ElementsAre("1$(C)$(A)", "3", "$(NOBODY)"));
}

TEST(StepsOptions, SayWhoTheContainerIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"tty: false", ""},
      {"securityContext: {runAsUser: 7}", "7"},
      {"securityContext: {runAsUser: 7, runAsGroup: 8}", "7:8"},
      {"securityContext: {runAsGroup: 8}", "0:8"},
  };
  for (const auto& [text, user] : cases)
    EXPECT_EQ(options_of(pod_with(text)).user, user) << text;
}

TEST(StepsOptions, MakeTheirWorkingDirectory) {
  const auto options = options_of(pod_with("workingDir: /srv/made"));

  EXPECT_EQ(options.workdir, "/srv/made");
  EXPECT_TRUE(options.make_workdir);
}

TEST(StepsOptions, PublishNothingWithoutANetwork) {
  kube::PlayOptions play;
  play.network.mode = "none";

  const auto steps =
      kube::make_steps(pod_with("ports: [{containerPort: 80, hostPort: 8080}]"), play);

  EXPECT_TRUE(steps.at(1).pod.network.ports.empty());
}

TEST(StepsOptions, PullWhatMayHaveChanged) {
  using images::PullPolicy;
  const std::tuple<const char*, const char*, PullPolicy> cases[] = {
      {"nginx", "", PullPolicy::Missing},
      {"me/nginx:latest", "", PullPolicy::Missing},
      {"docker.io/library/nginx", "", PullPolicy::Newer},
      {"quay.io/nginx:latest", "", PullPolicy::Newer},
      {"registry:5000/nginx:latest", "", PullPolicy::Newer},
      {"quay.io/nginx:1", "", PullPolicy::Missing},
      {"localhost/nginx", ", imagePullPolicy: Always", PullPolicy::Missing},
      {"nginx:1", ", imagePullPolicy: Always", PullPolicy::Always},
      {"quay.io/nginx", ", imagePullPolicy: IfNotPresent", PullPolicy::Missing},
      {"quay.io/nginx", ", imagePullPolicy: Never", PullPolicy::Never},
  };
  for (const auto& [image, more, policy] : cases) {
    kube::Pod pod = pod_with(std::string("tty: false") + more);
    pod.containers.at(0).image = image;
    EXPECT_EQ(kube::pull_options(pod.containers.at(0), {}).policy, policy) << image << more;
  }
}

TEST(StepsOptions, HaveLimits) {
  const auto options = options_of(pod_with("resources: {limits: {cpu: 1500m, memory: 1Mi}}"));

  EXPECT_EQ(options.resources.cpu_quota, 150000);
  EXPECT_EQ(options.resources.cpu_period, 100000U);
  EXPECT_EQ(options.resources.memory_limit, 1 << 20);
  EXPECT_EQ(options_of(pod_with("resources: {limits: {cpu: 1n}}")).resources.cpu_quota, 1000);
}

TEST(StepsOptions, KeepWhatIsRequested) {
  const auto options = options_of(pod_with("resources: {requests: {cpu: 250m, memory: 1Mi}}"));

  EXPECT_EQ(options.resources.cpu_shares, 256U);
  EXPECT_EQ(options.resources.memory_reservation, 1 << 20);
  EXPECT_EQ(options.resources.memory_limit, std::nullopt);
}

TEST(StepsOptions, HaveTheIsolationThatIsAskedFor) {
  const auto options = options_of(
      pod_with("securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, "
               "capabilities: {add: [NET_ADMIN], drop: [ALL]}}"));

  EXPECT_TRUE(options.read_only);
  EXPECT_FALSE(options.read_only_tmpfs);
  EXPECT_TRUE(options.no_new_privileges);
  EXPECT_FALSE(options.privileged);
  EXPECT_THAT(options.cap_add, ElementsAre("NET_ADMIN"));
  EXPECT_THAT(options.cap_drop, ElementsAre("ALL"));
}

TEST(StepsOptions, RestartAsThePodSays) {
  using When = containers::RestartPolicy::When;
  const std::tuple<const char*, When, When> cases[] = {
      {"", When::Always, When::OnFailure},
      {"restartPolicy: OnFailure, ", When::OnFailure, When::OnFailure},
      {"restartPolicy: Never, ", When::No, When::No},
  };
  for (const auto& [spec, main, init] : cases) {
    const kube::Pod pod = pod_with("", std::string(spec) +
                                           "initContainers: [{name: i, image: x}, "
                                           "{name: s, image: x, restartPolicy: Always}], ");
    EXPECT_EQ(options_of(pod).restart.when, main) << spec;
    const auto first = kube::container_options(pod, pod.init_containers.at(0), {});
    EXPECT_EQ(first.restart.when, init) << spec;
    EXPECT_EQ(first.role, containers::Options::Role::InitAlways);
    const auto sidecar = kube::container_options(pod, pod.init_containers.at(1), {});
    EXPECT_EQ(sidecar.restart.when, When::Always);
    EXPECT_EQ(sidecar.role, containers::Options::Role::Main);
  }
}

TEST(StepsOptions, AreFoundByTheirOwnName) {
  const auto options = options_of(pod_with(""));

  EXPECT_EQ(options.name, "p-c");
  EXPECT_EQ(options.labels.at("io.kubernetes.pod.name"), "p");
  EXPECT_EQ(options.labels.at("io.kubernetes.container.name"), "c");
}

TEST(StepsOptions, LetTheCommandLineHaveTheLastWordOnPorts) {
  const kube::Pod pod =
      pod_with("ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 90}]");
  kube::PlayOptions options;
  options.publish.push_back({.host_ip = "", .host_port = 9, .container_port = 80});
  options.publish_all = true;

  EXPECT_EQ(kube::make_steps(pod, options).at(1).text(),
            "make pod p: publish 9:80/tcp, publish 90:90/tcp");
}

TEST(Digest, ChangesWithWhatIsPlayedOnly) {
  const kube::Pod pod = pod_with("tty: true");
  kube::PlayOptions other;
  other.network.mode = "none";
  kube::PlayOptions replacing;
  replacing.replace = true;

  EXPECT_EQ(kube::digest_of(pod, {}), kube::digest_of(pod_with("# it is\n  tty: true"), {}));
  EXPECT_EQ(kube::digest_of(pod, {}), kube::digest_of(pod, replacing));
  EXPECT_NE(kube::digest_of(pod, {}), kube::digest_of(pod, other));
  EXPECT_NE(kube::digest_of(pod, {}), kube::digest_of(pod_with("tty: false"), {}));
}

TEST(ContainerOptions, HaveALivenessProbeAsTheirHealthCheck) {
  const containers::Options options = options_of(pod_with(
      "ports: [{containerPort: 80, name: http}], livenessProbe: {httpGet: {port: http, path: up, "
      "httpHeaders: [{name: A, value: b}]}, initialDelaySeconds: 2, periodSeconds: 5}"));

  const auto& check = options.health.regular;
  EXPECT_THAT(check.test, ElementsAre("HTTP", "localhost", "80", "/up", "A: b"));
  EXPECT_EQ(check.delay, std::chrono::seconds(2));
  EXPECT_EQ(check.interval, std::chrono::seconds(5));
  EXPECT_EQ(check.timeout, std::chrono::seconds(1));
  EXPECT_EQ(check.retries, 3);
  EXPECT_EQ(on_unhealthy_word(options.health.on_failure), "restart");
}

TEST(ContainerOptions, AreNotRestartedForTheirHealthWhereNothingIs) {
  const containers::Options options = options_of(
      pod_with("livenessProbe: {exec: {command: [\"true\"]}}", "restartPolicy: Never, "));

  EXPECT_THAT(options.health.regular.test, ElementsAre("CMD", "true"));
  EXPECT_EQ(on_unhealthy_word(options.health.on_failure), "stop");
}

TEST(ContainerOptions, HaveAReadinessProbeForTheirStatusOnly) {
  const containers::Options options = options_of(
      pod_with("readinessProbe: {tcpSocket: {port: 5432, host: db}}, "
               "startupProbe: {exec: {command: [ready]}, failureThreshold: 30, periodSeconds: 1}"));

  EXPECT_THAT(options.health.regular.test, ElementsAre("TCP", "db", "5432"));
  EXPECT_EQ(on_unhealthy_word(options.health.on_failure), "none");
  EXPECT_THAT(options.health.startup.test, ElementsAre("CMD", "ready"));
  EXPECT_EQ(options.health.startup.retries, 30);
}

}  // namespace
