#include "pkg/kube/schema.hpp"

// Volumes on the disks of clouds and in storage networks. None can be reached without root.
namespace kube::schema {
namespace {

constexpr Field kSecretRefFields[] = {honoured("name", Shape::String)};
constexpr Object kSecretRef{.name = "LocalObjectReference", .fields = kSecretRefFields};

constexpr Field kGcePersistentDiskFields[] = {
    required("pdName", Shape::String),
    honoured("fsType", Shape::String),
    honoured("partition", Shape::Integer),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kGcePersistentDisk{.name = "GCEPersistentDiskVolumeSource",
                                    .fields = kGcePersistentDiskFields};

constexpr Field kAwsElasticBlockStoreFields[] = {
    required("volumeID", Shape::String),
    honoured("fsType", Shape::String),
    honoured("partition", Shape::Integer),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kAwsElasticBlockStore{.name = "AWSElasticBlockStoreVolumeSource",
                                       .fields = kAwsElasticBlockStoreFields};

constexpr Field kGitRepoFields[] = {
    required("repository", Shape::String),
    honoured("revision", Shape::String),
    honoured("directory", Shape::String),
};
constexpr Object kGitRepo{.name = "GitRepoVolumeSource", .fields = kGitRepoFields};

constexpr Field kNfsFields[] = {
    required("server", Shape::String),
    required("path", Shape::String),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kNfs{.name = "NFSVolumeSource", .fields = kNfsFields};

constexpr Field kIscsiFields[] = {
    required("targetPortal", Shape::String),  required("iqn", Shape::String),
    required("lun", Shape::Integer),          honoured("iscsiInterface", Shape::String),
    honoured("fsType", Shape::String),        honoured("readOnly", Shape::Bool),
    honoured("portals", Shape::Strings),      honoured("chapAuthDiscovery", Shape::Bool),
    honoured("chapAuthSession", Shape::Bool), honoured("secretRef", Shape::Object, &kSecretRef),
    honoured("initiatorName", Shape::String),
};
constexpr Object kIscsi{.name = "ISCSIVolumeSource", .fields = kIscsiFields};

constexpr Field kGlusterfsFields[] = {
    required("endpoints", Shape::String),
    required("path", Shape::String),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kGlusterfs{.name = "GlusterfsVolumeSource", .fields = kGlusterfsFields};

constexpr Field kRbdFields[] = {
    required("monitors", Shape::Strings),
    required("image", Shape::String),
    honoured("fsType", Shape::String),
    honoured("pool", Shape::String),
    honoured("user", Shape::String),
    honoured("keyring", Shape::String),
    honoured("secretRef", Shape::Object, &kSecretRef),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kRbd{.name = "RBDVolumeSource", .fields = kRbdFields};

constexpr Field kFlexVolumeFields[] = {
    required("driver", Shape::String),
    honoured("fsType", Shape::String),
    honoured("secretRef", Shape::Object, &kSecretRef),
    honoured("readOnly", Shape::Bool),
    honoured("options", Shape::StringMap),
};
constexpr Object kFlexVolume{.name = "FlexVolumeSource", .fields = kFlexVolumeFields};

constexpr Field kCinderFields[] = {
    required("volumeID", Shape::String),
    honoured("fsType", Shape::String),
    honoured("readOnly", Shape::Bool),
    honoured("secretRef", Shape::Object, &kSecretRef),
};
constexpr Object kCinder{.name = "CinderVolumeSource", .fields = kCinderFields};

constexpr Field kCephfsFields[] = {
    required("monitors", Shape::Strings),
    honoured("path", Shape::String),
    honoured("user", Shape::String),
    honoured("secretFile", Shape::String),
    honoured("secretRef", Shape::Object, &kSecretRef),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kCephfs{.name = "CephFSVolumeSource", .fields = kCephfsFields};

constexpr Field kFlockerFields[] = {
    honoured("datasetName", Shape::String),
    honoured("datasetUUID", Shape::String),
};
constexpr Object kFlocker{.name = "FlockerVolumeSource", .fields = kFlockerFields};

constexpr Field kFcFields[] = {
    honoured("targetWWNs", Shape::Strings), honoured("lun", Shape::Integer),
    honoured("fsType", Shape::String),      honoured("readOnly", Shape::Bool),
    honoured("wwids", Shape::Strings),
};
constexpr Object kFc{.name = "FCVolumeSource", .fields = kFcFields};

constexpr Field kAzureFileFields[] = {
    required("secretName", Shape::String),
    required("shareName", Shape::String),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kAzureFile{.name = "AzureFileVolumeSource", .fields = kAzureFileFields};

constexpr Field kVsphereVolumeFields[] = {
    required("volumePath", Shape::String),
    honoured("fsType", Shape::String),
    honoured("storagePolicyName", Shape::String),
    honoured("storagePolicyID", Shape::String),
};
constexpr Object kVsphereVolume{.name = "VsphereVirtualDiskVolumeSource",
                                .fields = kVsphereVolumeFields};

constexpr Field kQuobyteFields[] = {
    required("registry", Shape::String), required("volume", Shape::String),
    honoured("readOnly", Shape::Bool),   honoured("user", Shape::String),
    honoured("group", Shape::String),    honoured("tenant", Shape::String),
};
constexpr Object kQuobyte{.name = "QuobyteVolumeSource", .fields = kQuobyteFields};

constexpr Field kAzureDiskFields[] = {
    required("diskName", Shape::String),
    required("diskURI", Shape::String),
    one_of("None ReadOnly ReadWrite", honoured("cachingMode", Shape::String)),
    honoured("fsType", Shape::String),
    honoured("readOnly", Shape::Bool),
    one_of("Shared Dedicated Managed", honoured("kind", Shape::String)),
};
constexpr Object kAzureDisk{.name = "AzureDiskVolumeSource", .fields = kAzureDiskFields};

constexpr Field kPhotonPersistentDiskFields[] = {
    required("pdID", Shape::String),
    honoured("fsType", Shape::String),
};
constexpr Object kPhotonPersistentDisk{.name = "PhotonPersistentDiskVolumeSource",
                                       .fields = kPhotonPersistentDiskFields};

constexpr Field kPortworxVolumeFields[] = {
    required("volumeID", Shape::String),
    honoured("fsType", Shape::String),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kPortworxVolume{.name = "PortworxVolumeSource", .fields = kPortworxVolumeFields};

constexpr Field kScaleIOFields[] = {
    required("gateway", Shape::String),
    required("system", Shape::String),
    required("secretRef", Shape::Object, &kSecretRef),
    honoured("sslEnabled", Shape::Bool),
    honoured("protectionDomain", Shape::String),
    honoured("storagePool", Shape::String),
    honoured("storageMode", Shape::String),
    honoured("volumeName", Shape::String),
    honoured("fsType", Shape::String),
    honoured("readOnly", Shape::Bool),
};
constexpr Object kScaleIO{.name = "ScaleIOVolumeSource", .fields = kScaleIOFields};

constexpr Field kStorageosFields[] = {
    honoured("volumeName", Shape::String),
    honoured("volumeNamespace", Shape::String),
    honoured("fsType", Shape::String),
    honoured("readOnly", Shape::Bool),
    honoured("secretRef", Shape::Object, &kSecretRef),
};
constexpr Object kStorageos{.name = "StorageOSVolumeSource", .fields = kStorageosFields};

constexpr Field kCsiFields[] = {
    required("driver", Shape::String),
    honoured("readOnly", Shape::Bool),
    honoured("fsType", Shape::String),
    honoured("volumeAttributes", Shape::StringMap),
    honoured("nodePublishSecretRef", Shape::Object, &kSecretRef),
};
constexpr Object kCsi{.name = "CSIVolumeSource", .fields = kCsiFields};

constexpr Field kRemoteVolumeFields[] = {
    later("gcePersistentDisk", Shape::Object, &kGcePersistentDisk),
    later("awsElasticBlockStore", Shape::Object, &kAwsElasticBlockStore),
    later("gitRepo", Shape::Object, &kGitRepo),
    later("nfs", Shape::Object, &kNfs),
    later("iscsi", Shape::Object, &kIscsi),
    later("glusterfs", Shape::Object, &kGlusterfs),
    later("rbd", Shape::Object, &kRbd),
    later("flexVolume", Shape::Object, &kFlexVolume),
    later("cinder", Shape::Object, &kCinder),
    later("cephfs", Shape::Object, &kCephfs),
    later("flocker", Shape::Object, &kFlocker),
    later("fc", Shape::Object, &kFc),
    later("azureFile", Shape::Object, &kAzureFile),
    later("vsphereVolume", Shape::Object, &kVsphereVolume),
    later("quobyte", Shape::Object, &kQuobyte),
    later("azureDisk", Shape::Object, &kAzureDisk),
    later("photonPersistentDisk", Shape::Object, &kPhotonPersistentDisk),
    later("portworxVolume", Shape::Object, &kPortworxVolume),
    later("scaleIO", Shape::Object, &kScaleIO),
    later("storageos", Shape::Object, &kStorageos),
    later("csi", Shape::Object, &kCsi),
};

}  // namespace

constinit const Object kRemoteVolume{.name = "VolumeSource", .fields = kRemoteVolumeFields};

}  // namespace kube::schema
