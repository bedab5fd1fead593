#include "pkg/kube/schema.hpp"

// Container and EphemeralContainer.
namespace kube::schema {
namespace {

constexpr Field kPortFields[] = {
    honoured("name", Shape::String),           honoured("hostPort", Shape::Integer),
    required("containerPort", Shape::Integer), honoured("protocol", Shape::String),
    honoured("hostIP", Shape::String),
};
constexpr Object kPort{.name = "ContainerPort", .fields = kPortFields};

constexpr Field kKeySelectorFields[] = {
    honoured("name", Shape::String),
    required("key", Shape::String),
    honoured("optional", Shape::Bool),
};
constexpr Object kConfigMapKeySelector{.name = "ConfigMapKeySelector",
                                       .fields = kKeySelectorFields};
constexpr Object kSecretKeySelector{.name = "SecretKeySelector", .fields = kKeySelectorFields};

constexpr Field kFieldRefFields[] = {
    honoured("apiVersion", Shape::String),
    required("fieldPath", Shape::String),
};
constexpr Object kFieldRef{.name = "ObjectFieldSelector", .fields = kFieldRefFields};

constexpr Field kResourceFieldRefFields[] = {
    honoured("containerName", Shape::String),
    required("resource", Shape::String),
    honoured("divisor", Shape::Quantity),
};
constexpr Object kResourceFieldRef{.name = "ResourceFieldSelector",
                                   .fields = kResourceFieldRefFields};

constexpr Field kFileKeyRefFields[] = {
    required("volumeName", Shape::String),
    required("path", Shape::String),
    required("key", Shape::String),
    honoured("optional", Shape::Bool),
};
constexpr Object kFileKeyRef{.name = "FileKeySelector", .fields = kFileKeyRefFields};

constexpr Field kValueFromFields[] = {
    honoured("fieldRef", Shape::Object, &kFieldRef),
    honoured("resourceFieldRef", Shape::Object, &kResourceFieldRef),
    honoured("configMapKeyRef", Shape::Object, &kConfigMapKeySelector),
    honoured("secretKeyRef", Shape::Object, &kSecretKeySelector),
    honoured("fileKeyRef", Shape::Object, &kFileKeyRef),
};
constexpr Object kValueFrom{.name = "EnvVarSource", .fields = kValueFromFields};

constexpr Field kEnvFields[] = {
    required("name", Shape::String),
    honoured("value", Shape::String),
    later("valueFrom", Shape::Object, &kValueFrom),
};
constexpr Object kEnv{.name = "EnvVar", .fields = kEnvFields};

constexpr Field kEnvSourceFields[] = {
    honoured("name", Shape::String),
    honoured("optional", Shape::Bool),
};
constexpr Object kConfigMapEnvSource{.name = "ConfigMapEnvSource", .fields = kEnvSourceFields};
constexpr Object kSecretEnvSource{.name = "SecretEnvSource", .fields = kEnvSourceFields};

constexpr Field kEnvFromFields[] = {
    honoured("prefix", Shape::String),
    honoured("configMapRef", Shape::Object, &kConfigMapEnvSource),
    honoured("secretRef", Shape::Object, &kSecretEnvSource),
};
constexpr Object kEnvFrom{.name = "EnvFromSource", .fields = kEnvFromFields};

constexpr Field kClaimFields[] = {
    required("name", Shape::String),
    honoured("request", Shape::String),
};
constexpr Object kClaim{.name = "ResourceClaim", .fields = kClaimFields};

constexpr Field kResourcesFields[] = {
    honoured("limits", Shape::Quantities),
    honoured("requests", Shape::Quantities),
    later("claims", Shape::Objects, &kClaim),
};
constexpr Object kResources{.name = "ResourceRequirements", .fields = kResourcesFields};

constexpr Field kResizePolicyFields[] = {
    one_of("cpu memory", required("resourceName", Shape::String)),
    one_of("NotRequired RestartContainer", required("restartPolicy", Shape::String)),
};
constexpr Object kResizePolicy{.name = "ContainerResizePolicy", .fields = kResizePolicyFields};

constexpr Field kExitCodesFields[] = {
    one_of("In NotIn", required("operator", Shape::String)),
    honoured("values", Shape::Integers),
};
constexpr Object kExitCodes{.name = "ContainerRestartRuleOnExitCodes", .fields = kExitCodesFields};

constexpr Field kRestartRuleFields[] = {
    one_of("Restart RestartAllContainers", required("action", Shape::String)),
    honoured("exitCodes", Shape::Object, &kExitCodes),
};
constexpr Object kRestartRule{.name = "ContainerRestartRule", .fields = kRestartRuleFields};

constexpr Field kVolumeMountFields[] = {
    required("name", Shape::String),
    honoured("readOnly", Shape::Bool),
    one_of("Disabled IfPossible Enabled", later("recursiveReadOnly", Shape::String)),
    required("mountPath", Shape::String),
    honoured("subPath", Shape::String),
    one_of("None HostToContainer Bidirectional",
           later_unless("mountPropagation", Shape::String, "None")),
    later("subPathExpr", Shape::String),
};
constexpr Object kVolumeMount{
    .name = "VolumeMount", .fields = kVolumeMountFields, .unique = "mountPath"};

constexpr Field kVolumeDeviceFields[] = {
    required("name", Shape::String),
    required("devicePath", Shape::String),
};
constexpr Object kVolumeDevice{.name = "VolumeDevice", .fields = kVolumeDeviceFields};

constexpr Field kExecFields[] = {honoured("command", Shape::Strings)};
constexpr Object kExec{.name = "ExecAction", .fields = kExecFields};

constexpr Field kHttpHeaderFields[] = {
    required("name", Shape::String),
    required("value", Shape::String),
};
constexpr Object kHttpHeader{.name = "HTTPHeader", .fields = kHttpHeaderFields};

constexpr Field kHttpGetFields[] = {
    honoured("path", Shape::String),
    required("port", Shape::IntOrString),
    honoured("host", Shape::String),
    one_of("HTTP HTTPS", honoured("scheme", Shape::String)),
    honoured("httpHeaders", Shape::Objects, &kHttpHeader),
};
constexpr Object kHttpGet{.name = "HTTPGetAction", .fields = kHttpGetFields};

constexpr Field kTcpSocketFields[] = {
    required("port", Shape::IntOrString),
    honoured("host", Shape::String),
};
constexpr Object kTcpSocket{.name = "TCPSocketAction", .fields = kTcpSocketFields};

constexpr Field kGrpcFields[] = {
    required("port", Shape::Integer),
    honoured("service", Shape::String),
};
constexpr Object kGrpc{.name = "GRPCAction", .fields = kGrpcFields};

constexpr Field kProbeFields[] = {
    honoured("exec", Shape::Object, &kExec),
    honoured("httpGet", Shape::Object, &kHttpGet),
    honoured("tcpSocket", Shape::Object, &kTcpSocket),
    honoured("grpc", Shape::Object, &kGrpc),
    honoured("initialDelaySeconds", Shape::Integer),
    honoured("timeoutSeconds", Shape::Integer),
    honoured("periodSeconds", Shape::Integer),
    honoured("successThreshold", Shape::Integer),
    honoured("failureThreshold", Shape::Integer),
    honoured("terminationGracePeriodSeconds", Shape::Integer),
};
constexpr Object kProbe{.name = "Probe", .fields = kProbeFields};

constexpr Field kSleepFields[] = {required("seconds", Shape::Integer)};
constexpr Object kSleep{.name = "SleepAction", .fields = kSleepFields};

constexpr Field kHandlerFields[] = {
    honoured("exec", Shape::Object, &kExec),
    honoured("httpGet", Shape::Object, &kHttpGet),
    honoured("tcpSocket", Shape::Object, &kTcpSocket),
    honoured("sleep", Shape::Object, &kSleep),
};
constexpr Object kHandler{.name = "LifecycleHandler", .fields = kHandlerFields};

constexpr Field kLifecycleFields[] = {
    honoured("postStart", Shape::Object, &kHandler),
    honoured("preStop", Shape::Object, &kHandler),
    honoured("stopSignal", Shape::String),
};
constexpr Object kLifecycle{.name = "Lifecycle", .fields = kLifecycleFields};

constexpr Field kCapabilitiesFields[] = {
    honoured("add", Shape::Strings),
    honoured("drop", Shape::Strings),
};
constexpr Object kCapabilities{.name = "Capabilities", .fields = kCapabilitiesFields};

constexpr Field kSeLinuxFields[] = {
    honoured("user", Shape::String),
    honoured("role", Shape::String),
    honoured("type", Shape::String),
    honoured("level", Shape::String),
};
constexpr Object kSeLinuxOptions{.name = "SELinuxOptions", .fields = kSeLinuxFields};

constexpr Field kWindowsFields[] = {
    honoured("gmsaCredentialSpecName", Shape::String),
    honoured("gmsaCredentialSpec", Shape::String),
    honoured("runAsUserName", Shape::String),
    honoured("hostProcess", Shape::Bool),
};
constexpr Object kWindowsOptions{.name = "WindowsSecurityContextOptions", .fields = kWindowsFields};

constexpr Field kProfileFields[] = {
    one_of("RuntimeDefault Localhost Unconfined", required("type", Shape::String)),
    honoured("localhostProfile", Shape::String),
};
constexpr Object kSeccompProfile{.name = "SeccompProfile", .fields = kProfileFields};
constexpr Object kAppArmorProfile{.name = "AppArmorProfile", .fields = kProfileFields};

constexpr Field kSecurityFields[] = {
    honoured("capabilities", Shape::Object, &kCapabilities),
    honoured("privileged", Shape::Bool),
    later("seLinuxOptions", Shape::Object, &kSeLinuxOptions),
    ignored("windowsOptions", Shape::Object, "this is Linux", &kWindowsOptions),
    honoured("runAsUser", Shape::Integer),
    honoured("runAsGroup", Shape::Integer),
    later_unless("runAsNonRoot", Shape::Bool, "false"),
    honoured("readOnlyRootFilesystem", Shape::Bool),
    honoured("allowPrivilegeEscalation", Shape::Bool),
    one_of("Default Unmasked", later_unless("procMount", Shape::String, "Default")),
    honoured("seccompProfile", Shape::Object, &kSeccompProfile),
    later("appArmorProfile", Shape::Object, &kAppArmorProfile),
};
constexpr Object kSecurityContext{.name = "SecurityContext", .fields = kSecurityFields};

constexpr Field kContainerFields[] = {
    required("name", Shape::String),
    required("image", Shape::String),
    honoured("command", Shape::Strings),
    honoured("args", Shape::Strings),
    honoured("workingDir", Shape::String),
    honoured("ports", Shape::Objects, &kPort),
    later("envFrom", Shape::Objects, &kEnvFrom),
    honoured("env", Shape::Objects, &kEnv),
    honoured("resources", Shape::Object, &kResources),
    later("resizePolicy", Shape::Objects, &kResizePolicy),
    honoured("restartPolicy", Shape::String),
    later("restartPolicyRules", Shape::Objects, &kRestartRule),
    honoured("volumeMounts", Shape::Objects, &kVolumeMount),
    later("volumeDevices", Shape::Objects, &kVolumeDevice),
    honoured("livenessProbe", Shape::Object, &kProbe),
    honoured("readinessProbe", Shape::Object, &kProbe),
    honoured("startupProbe", Shape::Object, &kProbe),
    later("lifecycle", Shape::Object, &kLifecycle),
    later_unless("terminationMessagePath", Shape::String, "/dev/termination-log"),
    one_of("File FallbackToLogsOnError",
           later_unless("terminationMessagePolicy", Shape::String, "File")),
    honoured("imagePullPolicy", Shape::String),
    honoured("securityContext", Shape::Object, &kSecurityContext),
    honoured("stdin", Shape::Bool),
    later_unless("stdinOnce", Shape::Bool, "false"),
    honoured("tty", Shape::Bool),
};

constexpr Field kEphemeralFields[] = {honoured("targetContainerName", Shape::String)};

}  // namespace

constinit const Object kContainer{
    .name = "Container", .fields = kContainerFields, .unique = "name"};
constinit const Object kEphemeralContainer{.name = "EphemeralContainer",
                                           .fields = kEphemeralFields,
                                           .base = &kContainer,
                                           .unique = "name"};

}  // namespace kube::schema
