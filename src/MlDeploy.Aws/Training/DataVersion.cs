using System.Collections.Immutable;
using System.Text;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Training;

/// <summary>Which state of the data a model was trained with.</summary>
/// <param name="Version">Of one object its version in the bucket; of several a digest over all keys and versions.</param>
/// <param name="Digest">Of one object the SHA-256 of its content; of several over all keys and digests: equal for equal data.</param>
public sealed record DataVersion(string Version, string Digest, ImmutableArray<UploadedObject> Objects)
{
    public long Bytes => Objects.Sum(item => item.Bytes);

    /// <returns>Null when there is no data.</returns>
    public static DataVersion? Of(ImmutableArray<UploadedObject> objects) => objects switch
    {
        [] => null,
        [var one] => new DataVersion(one.Version, one.Digest.Hex, objects),
        _ => new DataVersion(Over(objects, item => item.Version), Over(objects, item => item.Digest.Hex), objects),
    };

    private static string Over(ImmutableArray<UploadedObject> objects, Func<UploadedObject, string> what) =>
        ContentDigest.Of(Encoding.UTF8.GetBytes(string.Join('\n', objects.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key} {what(item)}")))).Hex;
}
