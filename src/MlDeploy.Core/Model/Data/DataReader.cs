using System.Buffers.Binary;
using System.Security.Cryptography;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Data;

/// <summary>
/// Streams CSV (RFC 4180 with a header), JSON Lines, or gzip of either into a window of sketches, in memory that depends neither on the number of
/// rows nor on what is in them: one thread reads and cuts blocks at ends of records, workers parse the blocks into sketches of their own, which are merged.
/// </summary>
public static class DataReader
{
    /// <exception cref="ExpectedException">The data cannot be read; the message says where and why.</exception>
    public static DataReading Read(IReadOnlyList<DataSource> sources, DataOptions options, CancellationToken stop = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var window = (options.NewWindow ?? (() => new WindowSketch()))();
        var (warnings, bytes) = (new List<string>(), 0L);
        foreach (var source in sources)
        {
            var (part, read) = ReadOne(source, options, hash, bytes, warnings, stop);
            window.Merge(part);
            bytes += read;
        }

        if (window.ExcessValues > 0)
        {
            warnings.Add($"{window.ExcessValues:N0} values of columns beyond the first {window.Names.Count:N0} were counted, not described: choose columns by name");
        }

        if (window.Rows == 0)
        {
            throw new ExpectedException(ExitCode.Usage, $"{string.Join(", ", sources.Select(source => source.Name))}: there is no row that can be read{(warnings.Count > 0 ? $" ({warnings[0]})" : "")}", "give CSV with a header, or JSON Lines with one object a line; gzip of either is fine");
        }

        CheckColumns(options, window);
        return new DataReading(window, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), warnings);
    }

    private static (WindowSketch Window, long Bytes) ReadOne(DataSource source, DataOptions options, IncrementalHash hash, long before, List<string> warnings, CancellationToken stop)
    {
        try
        {
            using var raw = new HashedStream(source.Open(), hash, read => options.Progress?.Invoke(before + read));
            Span<byte> start = stackalloc byte[4];
            var got = raw.Peek(start);
            Refuse(source.Name, start[..got]);
            using var plain = got >= 2 && start[0] == 0x1F && start[1] == 0x8B ? new GunzipStream(raw) : (Stream)raw;
            var window = BlockPipeline.Run(plain, source.Name, options, warnings, stop);
            raw.Drain();
            return (window, raw.Length);
        }
        catch (InvalidDataException damaged)
        {
            throw new ExpectedException(ExitCode.Usage, $"{source.Name} is compressed, and truncated or damaged: {damaged.Message}", "fetch the file again; `gzip -t FILE` checks it", damaged);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"{source.Name} cannot be read: {unreadable.Message}", "check the path and its permissions", unreadable);
        }
    }

    private static void Refuse(string name, ReadOnlySpan<byte> start)
    {
        var what = start.Length < 4 ? null
            : start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? "UTF-16 text"
            : start.SequenceEqual("PAR1"u8) ? "a Parquet file"
            : BinaryPrimitives.ReadUInt32BigEndian(start) is 0x504B0304 ? "a zip archive (or a spreadsheet)"
            : null;
        if (what is not null)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} is {what}", "give CSV or JSON Lines in UTF-8, or gzip of either");
        }
    }

    /// <summary>A name that no column has is a mistake; data without that column is not what was meant.</summary>
    private static void CheckColumns(DataOptions options, WindowSketch window)
    {
        foreach (var name in (options.Columns ?? []).Concat(options.Kinds.Keys).Where(name => window.Find(name) is null && name != options.Prediction))
        {
            throw NoColumn(name, window.Names);
        }

        if (options is { Prediction: { } prediction, PredictionMayBeAbsent: false } && window.Prediction is not { Seen: > 0 })
        {
throw NoColumn(prediction, window.Names);
        }
    }

    /// <param name="columns">Those that there are.</param>
    internal static ExpectedException NoColumn(string name, IReadOnlyList<string> columns) => new(
        ExitCode.Usage, $"the data has no column '{name}'",
        NearestName.Of(name, columns) is { } near ? $"did you mean '{near}'?"
            : columns.Count == 0 ? "check the name" : $"its columns are {string.Join(", ", columns.Take(20))}{(columns.Count > 20 ? ", …" : "")}");
}
