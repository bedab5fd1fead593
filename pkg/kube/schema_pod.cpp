#include "pkg/kube/schema.hpp"

// Pod, its metadata and its spec.
namespace kube::schema {
namespace {

constexpr const char* kOneMachine = "there is only this machine";
constexpr const char* kNoServer = "there is no API server";

constexpr Field kOwnerReferenceFields[] = {
    required("apiVersion", Shape::String), required("kind", Shape::String),
    required("name", Shape::String),       required("uid", Shape::String),
    honoured("controller", Shape::Bool),   honoured("blockOwnerDeletion", Shape::Bool),
};
constexpr Object kOwnerReference{.name = "OwnerReference", .fields = kOwnerReferenceFields};

constexpr Field kManagedFields[] = {
    honoured("manager", Shape::String),     honoured("operation", Shape::String),
    honoured("apiVersion", Shape::String),  honoured("time", Shape::Any),
    honoured("fieldsType", Shape::String),  honoured("fieldsV1", Shape::Any),
    honoured("subresource", Shape::String),
};
constexpr Object kManagedFieldsEntry{.name = "ManagedFieldsEntry", .fields = kManagedFields};

constexpr Field kObjectMetaFields[] = {
    honoured("name", Shape::String),  // decode misses it in a Pod
    later("generateName", Shape::String),
    later_unless("namespace", Shape::String, "default"),
    ignored("selfLink", Shape::String, kNoServer),
    ignored("uid", Shape::String, kNoServer),
    ignored("resourceVersion", Shape::String, kNoServer),
    ignored("generation", Shape::Integer, kNoServer),
    ignored("creationTimestamp", Shape::Any, kNoServer),
    ignored("deletionTimestamp", Shape::Any, kNoServer),
    ignored("deletionGracePeriodSeconds", Shape::Integer, kNoServer),
    honoured("labels", Shape::StringMap),
    honoured("annotations", Shape::StringMap),
    ignored("ownerReferences", Shape::Objects, kNoServer, &kOwnerReference),
    ignored("finalizers", Shape::Strings, kNoServer),
    ignored("managedFields", Shape::Objects, kNoServer, &kManagedFieldsEntry),
};

constexpr Field kNodeRequirementFields[] = {
    required("key", Shape::String),
    one_of("In NotIn Exists DoesNotExist Gt Lt", required("operator", Shape::String)),
    honoured("values", Shape::Strings),
};
constexpr Field kLabelRequirementFields[] = {
    required("key", Shape::String),
    one_of("In NotIn Exists DoesNotExist", required("operator", Shape::String)),
    honoured("values", Shape::Strings),
};
constexpr Object kNodeSelectorRequirement{.name = "NodeSelectorRequirement",
                                          .fields = kNodeRequirementFields};
constexpr Object kLabelSelectorRequirement{.name = "LabelSelectorRequirement",
                                           .fields = kLabelRequirementFields};

constexpr Field kLabelSelectorFields[] = {
    honoured("matchLabels", Shape::StringMap),
    honoured("matchExpressions", Shape::Objects, &kLabelSelectorRequirement),
};

constexpr Field kNodeSelectorTermFields[] = {
    honoured("matchExpressions", Shape::Objects, &kNodeSelectorRequirement),
    honoured("matchFields", Shape::Objects, &kNodeSelectorRequirement),
};
constexpr Object kNodeSelectorTerm{.name = "NodeSelectorTerm", .fields = kNodeSelectorTermFields};

constexpr Field kNodeSelectorFields[] = {
    required("nodeSelectorTerms", Shape::Objects, &kNodeSelectorTerm),
};
constexpr Object kNodeSelector{.name = "NodeSelector", .fields = kNodeSelectorFields};

constexpr Field kPreferredSchedulingTermFields[] = {
    required("weight", Shape::Integer),
    required("preference", Shape::Object, &kNodeSelectorTerm),
};
constexpr Object kPreferredSchedulingTerm{.name = "PreferredSchedulingTerm",
                                          .fields = kPreferredSchedulingTermFields};

constexpr Field kNodeAffinityFields[] = {
    honoured("requiredDuringSchedulingIgnoredDuringExecution", Shape::Object, &kNodeSelector),
    honoured("preferredDuringSchedulingIgnoredDuringExecution", Shape::Objects,
             &kPreferredSchedulingTerm),
};
constexpr Object kNodeAffinity{.name = "NodeAffinity", .fields = kNodeAffinityFields};

constexpr Field kPodAffinityTermFields[] = {
    honoured("labelSelector", Shape::Object, &kLabelSelector),
    honoured("namespaces", Shape::Strings),
    required("topologyKey", Shape::String),
    honoured("namespaceSelector", Shape::Object, &kLabelSelector),
    honoured("matchLabelKeys", Shape::Strings),
    honoured("mismatchLabelKeys", Shape::Strings),
};
constexpr Object kPodAffinityTerm{.name = "PodAffinityTerm", .fields = kPodAffinityTermFields};

constexpr Field kWeightedPodAffinityTermFields[] = {
    required("weight", Shape::Integer),
    required("podAffinityTerm", Shape::Object, &kPodAffinityTerm),
};
constexpr Object kWeightedPodAffinityTerm{.name = "WeightedPodAffinityTerm",
                                          .fields = kWeightedPodAffinityTermFields};

constexpr Field kPodAffinityFields[] = {
    honoured("requiredDuringSchedulingIgnoredDuringExecution", Shape::Objects, &kPodAffinityTerm),
    honoured("preferredDuringSchedulingIgnoredDuringExecution", Shape::Objects,
             &kWeightedPodAffinityTerm),
};
constexpr Object kPodAffinity{.name = "PodAffinity", .fields = kPodAffinityFields};
constexpr Object kPodAntiAffinity{.name = "PodAntiAffinity", .fields = kPodAffinityFields};

constexpr Field kAffinityFields[] = {
    honoured("nodeAffinity", Shape::Object, &kNodeAffinity),
    honoured("podAffinity", Shape::Object, &kPodAffinity),
    honoured("podAntiAffinity", Shape::Object, &kPodAntiAffinity),
};
constexpr Object kAffinity{.name = "Affinity", .fields = kAffinityFields};

constexpr Field kTolerationFields[] = {
    honoured("key", Shape::String),
    one_of("Exists Equal Lt Gt", honoured("operator", Shape::String)),
    honoured("value", Shape::String),
    one_of("NoSchedule PreferNoSchedule NoExecute", honoured("effect", Shape::String)),
    honoured("tolerationSeconds", Shape::Integer),
};
constexpr Object kToleration{.name = "Toleration", .fields = kTolerationFields};

constexpr Field kTopologySpreadFields[] = {
    required("maxSkew", Shape::Integer),
    required("topologyKey", Shape::String),
    one_of("DoNotSchedule ScheduleAnyway", required("whenUnsatisfiable", Shape::String)),
    honoured("labelSelector", Shape::Object, &kLabelSelector),
    honoured("minDomains", Shape::Integer),
    one_of("Honor Ignore", honoured("nodeAffinityPolicy", Shape::String)),
    one_of("Honor Ignore", honoured("nodeTaintsPolicy", Shape::String)),
    honoured("matchLabelKeys", Shape::Strings),
};
constexpr Object kTopologySpreadConstraint{.name = "TopologySpreadConstraint",
                                           .fields = kTopologySpreadFields};

constexpr Field kHostAliasFields[] = {
    required("ip", Shape::String),
    honoured("hostnames", Shape::Strings),
};
constexpr Object kHostAlias{.name = "HostAlias", .fields = kHostAliasFields};

constexpr Field kDnsOptionFields[] = {
    honoured("name", Shape::String),
    honoured("value", Shape::String),
};
constexpr Object kDnsOption{.name = "PodDNSConfigOption", .fields = kDnsOptionFields};

constexpr Field kDnsConfigFields[] = {
    honoured("nameservers", Shape::Strings),
    honoured("searches", Shape::Strings),
    honoured("options", Shape::Objects, &kDnsOption),
};
constexpr Object kDnsConfig{.name = "PodDNSConfig", .fields = kDnsConfigFields};

constexpr Field kNameFields[] = {honoured("name", Shape::String)};
constexpr Object kLocalObjectReference{.name = "LocalObjectReference", .fields = kNameFields};

constexpr Field kRequiredNameFields[] = {required("name", Shape::String)};
constexpr Object kPodOs{.name = "PodOS", .fields = kRequiredNameFields};
constexpr Object kSchedulingGate{.name = "PodSchedulingGate", .fields = kRequiredNameFields};

constexpr Field kWorkloadFields[] = {
    required("name", Shape::String),
    required("podGroup", Shape::String),
    honoured("podGroupReplicaKey", Shape::String),
};
constexpr Object kWorkload{.name = "WorkloadReference", .fields = kWorkloadFields};

constexpr Field kReadinessGateFields[] = {required("conditionType", Shape::String)};
constexpr Object kReadinessGate{.name = "PodReadinessGate", .fields = kReadinessGateFields};

constexpr Field kResourceClaimFields[] = {
    required("name", Shape::String),
    honoured("resourceClaimName", Shape::String),
    honoured("resourceClaimTemplateName", Shape::String),
};
constexpr Object kPodResourceClaim{.name = "PodResourceClaim", .fields = kResourceClaimFields};

constexpr Field kClaimFields[] = {
    required("name", Shape::String),
    honoured("request", Shape::String),
};
constexpr Object kClaim{.name = "ResourceClaim", .fields = kClaimFields};
constexpr Field kPodResourcesFields[] = {
    honoured("limits", Shape::Quantities),
    honoured("requests", Shape::Quantities),
    honoured("claims", Shape::Objects, &kClaim),
};
constexpr Object kPodResources{.name = "ResourceRequirements", .fields = kPodResourcesFields};

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

constexpr Field kSysctlFields[] = {
    required("name", Shape::String),
    required("value", Shape::String),
};
constexpr Object kSysctl{.name = "Sysctl", .fields = kSysctlFields};

constexpr Field kPodSecurityFields[] = {
    later("seLinuxOptions", Shape::Object, &kSeLinuxOptions),
    ignored("windowsOptions", Shape::Object, "this is Linux", &kWindowsOptions),
    honoured("runAsUser", Shape::Integer),
    honoured("runAsGroup", Shape::Integer),
    later_unless("runAsNonRoot", Shape::Bool, "false"),
    honoured("supplementalGroups", Shape::Integers),
    one_of("Merge Strict", later_unless("supplementalGroupsPolicy", Shape::String, "Merge")),
    later("fsGroup", Shape::Integer),
    later("sysctls", Shape::Objects, &kSysctl),
    one_of("OnRootMismatch Always", later("fsGroupChangePolicy", Shape::String)),
    honoured("seccompProfile", Shape::Object, &kSeccompProfile),
    later("appArmorProfile", Shape::Object, &kAppArmorProfile),
    one_of("Recursive MountOption", later("seLinuxChangePolicy", Shape::String)),
};
constexpr Object kPodSecurityContext{.name = "PodSecurityContext", .fields = kPodSecurityFields};

constexpr Field kPodSpecFields[] = {
    honoured("volumes", Shape::Objects, &kVolume),
    required("containers", Shape::Objects, &kContainer),
    honoured("initContainers", Shape::Objects, &kContainer),
    later("ephemeralContainers", Shape::Objects, &kEphemeralContainer),
    honoured("restartPolicy", Shape::String),
    honoured("terminationGracePeriodSeconds", Shape::Integer),
    later("activeDeadlineSeconds", Shape::Integer),
    one_of(
        "ClusterFirst ClusterFirstWithHostNet Default None",
        later_unless("dnsPolicy", Shape::String, "ClusterFirst ClusterFirstWithHostNet Default")),
    ignored("nodeSelector", Shape::StringMap, kOneMachine),
    ignored_unless("serviceAccountName", Shape::String, "default", kNoServer),
    ignored_unless("serviceAccount", Shape::String, "default", kNoServer),
    ignored_unless("automountServiceAccountToken", Shape::Bool, "false", kNoServer),
    ignored("nodeName", Shape::String, kOneMachine),
    honoured("hostNetwork", Shape::Bool),
    later_unless("hostPID", Shape::Bool, "false"),
    later_unless("hostIPC", Shape::Bool, "false"),
    honoured("shareProcessNamespace", Shape::Bool),
    honoured("securityContext", Shape::Object, &kPodSecurityContext),
    later("imagePullSecrets", Shape::Objects, &kLocalObjectReference),
    honoured("hostname", Shape::String),
    later("subdomain", Shape::String),
    ignored("affinity", Shape::Object, kOneMachine, &kAffinity),
    ignored_unless("schedulerName", Shape::String, "default-scheduler", kOneMachine),
    ignored("tolerations", Shape::Objects, kOneMachine, &kToleration),
    honoured("hostAliases", Shape::Objects, &kHostAlias),
    ignored("priorityClassName", Shape::String, kOneMachine),
    ignored_unless("priority", Shape::Integer, "0", kOneMachine),
    later("dnsConfig", Shape::Object, &kDnsConfig),
    ignored("readinessGates", Shape::Objects, kNoServer, &kReadinessGate),
    later("runtimeClassName", Shape::String),
    honoured("enableServiceLinks", Shape::Bool),  // there are no Services to link
    one_of("Never PreemptLowerPriority",
           ignored_unless("preemptionPolicy", Shape::String, "PreemptLowerPriority", kOneMachine)),
    ignored("overhead", Shape::Quantities, kOneMachine),
    ignored("topologySpreadConstraints", Shape::Objects, kOneMachine, &kTopologySpreadConstraint),
    later_unless("setHostnameAsFQDN", Shape::Bool, "false"),
    honoured("os", Shape::Object, &kPodOs),
    later_unless("hostUsers", Shape::Bool, "false"),
    later("schedulingGates", Shape::Objects, &kSchedulingGate),
    later("resourceClaims", Shape::Objects, &kPodResourceClaim),
    later("resources", Shape::Object, &kPodResources),
    later("hostnameOverride", Shape::String),
    ignored("workloadRef", Shape::Object, kOneMachine, &kWorkload),
};

constexpr Field kPodFields[] = {
    required("apiVersion", Shape::String),
    required("kind", Shape::String),
    required("metadata", Shape::Object, &kObjectMeta),
    required("spec", Shape::Object, &kPodSpec),
    ignored("status", Shape::Any, kNoServer),
};

}  // namespace

constinit const Object kPod{.name = "Pod", .fields = kPodFields};
constinit const Object kObjectMeta{.name = "ObjectMeta", .fields = kObjectMetaFields};
constinit const Object kPodSpec{.name = "PodSpec", .fields = kPodSpecFields};
constinit const Object kLabelSelector{.name = "LabelSelector", .fields = kLabelSelectorFields};

}  // namespace kube::schema
