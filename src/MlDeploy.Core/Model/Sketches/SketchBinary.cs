using System.Collections.Immutable;
using System.Text;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// A window in few bytes, for logs and for windows kept by the hour: `MLW` and a version byte, then what JSON holds in the same order;
/// whole numbers in seven-bit groups, means as doubles. About a third of the JSON's size.
/// </summary>
public static class SketchBinary
{
    private const byte Version = 1;

    /// <summary>Nothing longer is read.</summary>
    public const int MostBytes = 64 << 20;

    private static ReadOnlySpan<byte> Magic => "MLW"u8;

    public static byte[] Write(WindowState window)
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes, Encoding.UTF8);
        to.Write(Magic);
        to.Write(Version);
        Text(to, window.Version);
        to.Write7BitEncodedInt64(window.Rows);
        to.Write7BitEncodedInt64(window.ExcessValues);
        to.Write7BitEncodedInt64(window.Unreadable);
        Time(to, window.From);
        Time(to, window.To);
        to.Write7BitEncodedInt(window.Features.Length);
        foreach (var feature in window.Features)
        {
            Feature(to, feature);
        }

        to.Write(window.Prediction is not null);
        if (window.Prediction is { } prediction)
        {
            Feature(to, prediction);
        }

        to.Flush();
        return bytes.ToArray();
    }

    public static bool IsBinary(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <exception cref="InvalidDataException">It is no window, or broken.</exception>
    public static WindowState Read(byte[] bytes)
    {
        if (bytes.Length > MostBytes || !IsBinary(bytes) || bytes.Length < 4 || bytes[3] != Version)
        {
            throw new InvalidDataException($"it is no window in binary form of version {Version}, or larger than {MostBytes >> 20} MiB");
        }

        try
        {
            using var from = new BinaryReader(new MemoryStream(bytes, 4, bytes.Length - 4), Encoding.UTF8);
            return new WindowState
            {
                Version = Text(from),
                Rows = from.Read7BitEncodedInt64(),
                ExcessValues = from.Read7BitEncodedInt64(),
                Unreadable = from.Read7BitEncodedInt64(),
                From = Time(from),
                To = Time(from),
                Features = Many(from, Feature, WindowSketch.MostFeatures),
                Prediction = from.ReadBoolean() ? Feature(from) : null,
            };
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException or IOException)
        {
            throw new InvalidDataException("it ends too early or is damaged", exception);
        }
    }

    private static void Feature(BinaryWriter to, FeatureState feature)
    {
        to.Write(feature.Name);
        to.Write((byte)(feature.Declared is { } kind ? (int)kind + 1 : 0));
        to.Write(feature.Compression);
        foreach (var count in new[] { feature.Missing, feature.NaN, feature.PositiveInfinite, feature.NegativeInfinite, feature.Times, feature.NumbersAsText, feature.Composite })
        {
            to.Write7BitEncodedInt64(count);
        }

        Time(to, feature.FirstSeen);
        Time(to, feature.LastSeen);
        to.Write7BitEncodedInt(feature.Numbers.Length);
        foreach (var number in feature.Numbers)
        {
            to.Write(number.Value);
            to.Write7BitEncodedInt64(number.Count);
        }

        to.Write(feature.Digest is not null);
        if (feature.Digest is { } digest)
        {
            to.Write(digest.Compression);
            to.Write(digest.Min);
            to.Write(digest.Max);
            to.Write7BitEncodedInt(digest.Means.Length);
            foreach (var (mean, weight) in digest.Means.Zip(digest.Weights))
            {
                to.Write(mean);

                // Weights are sums of counts, and so whole.
                to.Write7BitEncodedInt64((long)Math.Round(weight));
            }
        }

        to.Write7BitEncodedInt64(feature.NameCount);
        to.Write(feature.NamesTruncated);
        to.Write7BitEncodedInt(feature.Names.Length);
        foreach (var name in feature.Names)
        {
            to.Write(name.Name);
            to.Write7BitEncodedInt64(name.Count);
            to.Write7BitEncodedInt64(name.Error);
        }
    }

    private static FeatureState Feature(BinaryReader from) => new()
    {
        Name = from.ReadString(),
        Declared = from.ReadByte() is > 0 and var kind ? (FeatureKind)(kind - 1) : null,
        Compression = from.ReadDouble(),
        Missing = from.Read7BitEncodedInt64(),
        NaN = from.Read7BitEncodedInt64(),
        PositiveInfinite = from.Read7BitEncodedInt64(),
        NegativeInfinite = from.Read7BitEncodedInt64(),
        Times = from.Read7BitEncodedInt64(),
        NumbersAsText = from.Read7BitEncodedInt64(),
        Composite = from.Read7BitEncodedInt64(),
        FirstSeen = Time(from),
        LastSeen = Time(from),
        Numbers = Many(from, number => new ExactNumber(number.ReadDouble(), number.Read7BitEncodedInt64()), NumberSketch.MostExact),
        Digest = from.ReadBoolean() ? Digest(from) : null,
        NameCount = from.Read7BitEncodedInt64(),
        NamesTruncated = from.ReadBoolean(),
        Names = Many(from, name => new NameState(name.ReadString(), name.Read7BitEncodedInt64(), name.Read7BitEncodedInt64()), CategorySketch.Capacity),
    };

    private static DigestState Digest(BinaryReader from)
    {
        var (compression, min, max) = (from.ReadDouble(), from.ReadDouble(), from.ReadDouble());
        var centroids = Many(from, one => (Mean: one.ReadDouble(), Weight: (double)one.Read7BitEncodedInt64()), 1 << 16);
        return new DigestState(compression, min, max, [.. centroids.Select(one => one.Mean)], [.. centroids.Select(one => one.Weight)]);
    }

    private static ImmutableArray<T> Many<T>(BinaryReader from, Func<BinaryReader, T> read, int most)
    {
        var count = from.Read7BitEncodedInt();
        if (count < 0 || count > most)
        {
            throw new InvalidDataException($"it names {count} things where at most {most} may be");
        }

        // No room is taken on the word of the file.
        var all = ImmutableArray.CreateBuilder<T>();
        for (var index = 0; index < count; index++)
        {
            all.Add(read(from));
        }

        return all.ToImmutable();
    }

    private static void Text(BinaryWriter to, string? text)
    {
        to.Write(text is not null);
        if (text is not null)
        {
            to.Write(text);
        }
    }

    private static string? Text(BinaryReader from) => from.ReadBoolean() ? from.ReadString() : null;

    /// <summary>Milliseconds since 1970; -1: none.</summary>
    private static void Time(BinaryWriter to, DateTimeOffset? at) => to.Write(at?.ToUnixTimeMilliseconds() ?? -1);

    private static DateTimeOffset? Time(BinaryReader from) => from.ReadInt64() is >= 0 and var milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
