using System.Globalization;

namespace MlDeploy.Aws.Images.Content;

/// <summary>What one document of an image says of another: what it is, its digest, and its length in bytes.</summary>
/// <param name="Platform">For an entry of an index; null when it names none.</param>
/// <param name="Name">Annotation `org.opencontainers.image.ref.name` of an entry of a layout's index.</param>
public sealed record Descriptor(string MediaType, ContentDigest Digest, long Size, Platform? Platform = null, string? Name = null);

/// <summary>Operating system and processor, as image configurations write them: `linux/amd64`.</summary>
public sealed record Platform(string System, string Architecture)
{
    public static Platform LinuxAmd64 { get; } = new("linux", "amd64");
    public static Platform LinuxArm64 { get; } = new("linux", "arm64");

    public override string ToString() => $"{System}/{Architecture}";
}

/// <summary>Bytes for readers: `1.5 GiB`.</summary>
internal static class Bytes
{
    public static string Text(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.##} GiB"),
    };
}
