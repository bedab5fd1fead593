#include "pkg/kube/schema.hpp"

// Volume and its sources, but for those in schema_disks.cpp.
namespace kube::schema {
namespace {

constexpr Field kHostPathFields[] = {
    required("path", Shape::String),
    honoured("type", Shape::String),
};
constexpr Object kHostPath{.name = "HostPathVolumeSource", .fields = kHostPathFields};

constexpr Field kEmptyDirFields[] = {
    honoured("medium", Shape::String),
    honoured("sizeLimit", Shape::Quantity),
};
constexpr Object kEmptyDir{.name = "EmptyDirVolumeSource", .fields = kEmptyDirFields};

constexpr Field kKeyToPathFields[] = {
    required("key", Shape::String),
    required("path", Shape::String),
    honoured("mode", Shape::Integer),
};
constexpr Object kKeyToPath{.name = "KeyToPath", .fields = kKeyToPathFields};

constexpr Field kSecretFields[] = {
    honoured("secretName", Shape::String),
    honoured("items", Shape::Objects, &kKeyToPath),
    honoured("defaultMode", Shape::Integer),
    honoured("optional", Shape::Bool),
};
constexpr Object kSecret{.name = "SecretVolumeSource", .fields = kSecretFields};

constexpr Field kConfigMapFields[] = {
    honoured("name", Shape::String),
    honoured("items", Shape::Objects, &kKeyToPath),
    honoured("defaultMode", Shape::Integer),
    honoured("optional", Shape::Bool),
};
constexpr Object kConfigMap{.name = "ConfigMapVolumeSource", .fields = kConfigMapFields};

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

constexpr Field kDownwardFileFields[] = {
    required("path", Shape::String),
    honoured("fieldRef", Shape::Object, &kFieldRef),
    honoured("resourceFieldRef", Shape::Object, &kResourceFieldRef),
    honoured("mode", Shape::Integer),
};
constexpr Object kDownwardFile{.name = "DownwardAPIVolumeFile", .fields = kDownwardFileFields};

constexpr Field kDownwardFields[] = {
    honoured("items", Shape::Objects, &kDownwardFile),
    honoured("defaultMode", Shape::Integer),
};
constexpr Object kDownward{.name = "DownwardAPIVolumeSource", .fields = kDownwardFields};

constexpr Field kProjectedNamesFields[] = {
    honoured("name", Shape::String),
    honoured("items", Shape::Objects, &kKeyToPath),
    honoured("optional", Shape::Bool),
};
constexpr Object kSecretProjection{.name = "SecretProjection", .fields = kProjectedNamesFields};
constexpr Object kConfigMapProjection{.name = "ConfigMapProjection",
                                      .fields = kProjectedNamesFields};

constexpr Field kDownwardProjectionFields[] = {honoured("items", Shape::Objects, &kDownwardFile)};
constexpr Object kDownwardProjection{.name = "DownwardAPIProjection",
                                     .fields = kDownwardProjectionFields};

constexpr Field kTokenFields[] = {
    honoured("audience", Shape::String),
    honoured("expirationSeconds", Shape::Integer),
    required("path", Shape::String),
};
constexpr Object kToken{.name = "ServiceAccountTokenProjection", .fields = kTokenFields};

constexpr Field kTrustBundleFields[] = {
    honoured("name", Shape::String),
    honoured("signerName", Shape::String),
    honoured("labelSelector", Shape::Object, &kLabelSelector),
    honoured("optional", Shape::Bool),
    required("path", Shape::String),
};
constexpr Object kTrustBundle{.name = "ClusterTrustBundleProjection", .fields = kTrustBundleFields};

constexpr Field kPodCertificateFields[] = {
    required("signerName", Shape::String),
    required("keyType", Shape::String),
    honoured("maxExpirationSeconds", Shape::Integer),
    honoured("credentialBundlePath", Shape::String),
    honoured("keyPath", Shape::String),
    honoured("certificateChainPath", Shape::String),
    honoured("userAnnotations", Shape::StringMap),
};
constexpr Object kPodCertificate{.name = "PodCertificateProjection",
                                 .fields = kPodCertificateFields};

constexpr Field kProjectionFields[] = {
    honoured("secret", Shape::Object, &kSecretProjection),
    honoured("downwardAPI", Shape::Object, &kDownwardProjection),
    honoured("configMap", Shape::Object, &kConfigMapProjection),
    honoured("serviceAccountToken", Shape::Object, &kToken),
    honoured("clusterTrustBundle", Shape::Object, &kTrustBundle),
    honoured("podCertificate", Shape::Object, &kPodCertificate),
};
constexpr Object kProjection{.name = "VolumeProjection", .fields = kProjectionFields};

constexpr Field kProjectedFields[] = {
    honoured("sources", Shape::Objects, &kProjection),
    honoured("defaultMode", Shape::Integer),
};
constexpr Object kProjected{.name = "ProjectedVolumeSource", .fields = kProjectedFields};

constexpr Field kClaimSourceFields[] = {
    required("claimName", Shape::String),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kClaimSource{.name = "PersistentVolumeClaimVolumeSource",
                              .fields = kClaimSourceFields};

constexpr Field kVolumeResourcesFields[] = {
    honoured("limits", Shape::Quantities),
    honoured("requests", Shape::Quantities),
};

constexpr Field kDataSourceFields[] = {
    honoured("apiGroup", Shape::String),
    required("kind", Shape::String),
    required("name", Shape::String),
};
constexpr Object kDataSource{.name = "TypedLocalObjectReference", .fields = kDataSourceFields};
constexpr Field kNamespaceFields[] = {honoured("namespace", Shape::String)};
constexpr Object kDataSourceRef{
    .name = "TypedObjectReference", .fields = kNamespaceFields, .base = &kDataSource};

constexpr Field kClaimSpecFields[] = {
    one_of("ReadWriteOnce ReadOnlyMany ReadWriteMany ReadWriteOncePod",
           honoured("accessModes", Shape::Strings)),
    honoured("selector", Shape::Object, &kLabelSelector),
    honoured("resources", Shape::Object, &kVolumeResources),
    honoured("volumeName", Shape::String),
    honoured("storageClassName", Shape::String),
    one_of("Block Filesystem", honoured("volumeMode", Shape::String)),
    honoured("dataSource", Shape::Object, &kDataSource),
    honoured("dataSourceRef", Shape::Object, &kDataSourceRef),
    honoured("volumeAttributesClassName", Shape::String),
};
constexpr Object kClaimSpec{.name = "PersistentVolumeClaimSpec", .fields = kClaimSpecFields};

constexpr Field kClaimTemplateFields[] = {
    honoured("metadata", Shape::Object, &kObjectMeta),
    required("spec", Shape::Object, &kClaimSpec),
};
constexpr Object kClaimTemplate{.name = "PersistentVolumeClaimTemplate",
                                .fields = kClaimTemplateFields};

constexpr Field kEphemeralFields[] = {
    honoured("volumeClaimTemplate", Shape::Object, &kClaimTemplate)};
constexpr Object kEphemeral{.name = "EphemeralVolumeSource", .fields = kEphemeralFields};

constexpr Field kImageFields[] = {
    honoured("reference", Shape::String),
    one_of("Always IfNotPresent Never", honoured("pullPolicy", Shape::String)),
};
constexpr Object kImage{.name = "ImageVolumeSource", .fields = kImageFields};

constexpr Field kVolumeFields[] = {
    required("name", Shape::String),
    honoured("hostPath", Shape::Object, &kHostPath),
    honoured("emptyDir", Shape::Object, &kEmptyDir),
    later("secret", Shape::Object, &kSecret),
    later("persistentVolumeClaim", Shape::Object, &kClaimSource),
    later("downwardAPI", Shape::Object, &kDownward),
    later("configMap", Shape::Object, &kConfigMap),
    later("projected", Shape::Object, &kProjected),
    later("ephemeral", Shape::Object, &kEphemeral),
    later("image", Shape::Object, &kImage),
};

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-interfaces-global-init): an address is a constant
constinit const Object kVolume{
    .name = "Volume", .fields = kVolumeFields, .base = &kRemoteVolume, .unique = "name"};
constinit const Object kVolumeResources{.name = "VolumeResourceRequirements",
                                        .fields = kVolumeResourcesFields};

}  // namespace kube::schema
