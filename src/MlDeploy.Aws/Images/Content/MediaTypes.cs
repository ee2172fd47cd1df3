namespace MlDeploy.Aws.Images.Content;

/// <summary>What a manifest, an index, a configuration or a layer says that it is: OCI image specification 1.1, Docker image manifest 2.2.</summary>
internal static class MediaTypes
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerGzipLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>Everything a tag may name that we can read.</summary>
    public static readonly string[] Manifests = [OciManifest, OciIndex, DockerManifest, DockerList];

    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerList;

    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>A layer that takes two to four times the bytes it needs to.</summary>
    public static bool IsUncompressedLayer(string mediaType) => mediaType.EndsWith(".tar", StringComparison.Ordinal);
}
