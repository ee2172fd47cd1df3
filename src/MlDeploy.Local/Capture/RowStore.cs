using System.Globalization;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Capture;

/// <summary>
/// The newest rows of one version on disk, when the manifest asks for them: JSON Lines of mode 0600, so that they can be looked at, or made a profile of.
/// Excluded features never get here. Files are small parts of what is kept: the oldest is deleted when there are too many rows, and each when its time is over. The
/// time stands in its name, so that it is kept to after a restart, and when the version is gone.
/// </summary>
internal sealed class RowStore(string folder, long keep, TimeSpan keepFor, string prediction, TimeProvider clock, HostLog log)
{
    /// <summary>Parts that count and time are kept in: so much less than asked for may be there.</summary>
    private const int Parts = 10;

    /// <summary>Characters that wait to be written; more within seconds is left out.</summary>
    private const int MostWaiting = 32 << 20;

    /// <summary>Longer names and texts are cut.</summary>
    private const int LongestText = 1000;

    private const string Ending = ".rows.jsonl";
    private const string Stamp = "yyyyMMdd'T'HHmmss";

    private readonly StringBuilder waiting = new();
    private readonly long perFile = Math.Max(1, keep / Parts);
    private long waitingRows;
    private (string File, DateTimeOffset Until, long Rows)? open;
    private Queue<(string File, long Rows)>? files;

    /// <summary>Called by the parsing thread; nothing is written before <see cref="Save"/>.</summary>
    public void Add(PredictionRows rows)
    {
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer);
        for (var row = 0; row < rows.Rows && waitingRows < keep && waiting.Length < MostWaiting; row++)
        {
            json.WriteStartObject();
            var written = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (of, feature, value) in rows.Values)
            {
                if (of == row && written.Add(feature))
                {
                    Write(json, feature, value);
                }
            }

            if (rows.Answered && written.Add(prediction))
            {
                Write(json, prediction, row < rows.Predictions.Count ? rows.Predictions[row] : FeatureValue.Missing);
            }

            json.WriteEndObject();
            json.Flush();
            waiting.Append(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)).Append('\n');
            waitingRows++;
            buffer.SetLength(0);
            json.Reset();
        }
    }

    /// <summary>Writes what came since the last time, and deletes what is too much or too old. A disk that refuses costs these rows, and is told.</summary>
    public void Save()
    {
        try
        {
            DeleteOld(folder, clock.GetUtcNow());
            if (waitingRows == 0)
            {
                return;
            }

            PrivateFiles.CreateFolder(Path.GetDirectoryName(folder)!);
            PrivateFiles.CreateFolder(folder);
            files ??= new Queue<(string, long)>(Directory.GetFiles(folder, "*" + Ending).Order(StringComparer.Ordinal).Select(file => (file, LinesOf(file))));
            var file = Current();
            PrivateFiles.Append(file.File, waiting.ToString());
            open = file with { Rows = file.Rows + waitingRows };
            DeleteExcess();
        }
        catch (Exception failure) when (failure is ExpectedException or IOException or UnauthorizedAccessException)
        {
            log.Write($"rows could not be kept: {failure.Message}");
        }

        waiting.Clear();
        waitingRows = 0;
    }

    /// <summary>Deletes every version's rows whose time is over.</summary>
    public static void DeleteOldOfAll(string rows, DateTimeOffset now)
    {
        foreach (var version in Directory.Exists(rows) ? Directory.GetDirectories(rows) : [])
        {
            DeleteOld(version, now);
            if (!Directory.EnumerateFileSystemEntries(version).Any())
            {
                Directory.Delete(version);
            }
        }
    }

    private static void DeleteOld(string folder, DateTimeOffset now)
    {
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Ending) : [])
        {
            // `begun-until.rows.jsonl`; what has another name was not written here and is left.
            var parts = Path.GetFileName(file)[..^Ending.Length].Split('-');
            if (parts.Length >= 2 && DateTimeOffset.TryParseExact(parts[1], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) && until <= now)
            {
                File.Delete(file);
            }
        }
    }

    private static long LinesOf(string file) => File.ReadLines(file).LongCount();

    private static void Write(Utf8JsonWriter json, string name, FeatureValue value)
    {
        json.WritePropertyName(Cut(name));
        switch (value.Is)
        {
            case FeatureValue.Form.Number when double.IsFinite(value.Number):
                json.WriteNumberValue(value.Number);
                break;
            case FeatureValue.Form.Number:
                json.WriteStringValue(value.Number.ToString(CultureInfo.InvariantCulture));
                break;
            case FeatureValue.Form.Boolean:
                json.WriteBooleanValue(value.Number != 0);
                break;
            case FeatureValue.Form.Text:
                json.WriteStringValue(Cut(Encoding.UTF8.GetString(value.Text!)));
                break;
            case FeatureValue.Form.Composite:
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];

    /// <summary>A file takes rows for a tenth of the time, so that its first row is never kept too long and its last not much too short.</summary>
    private (string File, DateTimeOffset Until, long Rows) Current()
    {
        var now = clock.GetUtcNow();
        if (open is { } goesOn && goesOn.Rows < perFile && goesOn.Until - now > keepFor * (Parts - 1) / Parts && File.Exists(goesOn.File))
        {
            return goesOn;
        }

        if (open is { } full)
        {
            files!.Enqueue((full.File, full.Rows));
        }

        // What waited came within the last seconds: its time counts from before them.
        var begun = now - ModelCapture.SaveEvery;
        var until = begun + keepFor;
        var name = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss}-{until.UtcDateTime:yyyyMMdd'T'HHmmss}-{now.UtcTicks % TimeSpan.TicksPerSecond:0000000}{Ending}");
        return (Path.Combine(folder, name), until, 0);
    }

    private void DeleteExcess()
    {
        var all = files!.Where(one => File.Exists(one.File)).Sum(one => one.Rows) + open!.Value.Rows;
        while (all > keep && files!.TryDequeue(out var oldest))
        {
            all -= File.Exists(oldest.File) ? oldest.Rows : 0;
            File.Delete(oldest.File);
        }

        if (all > keep)
        {
            // One batch brought more than is kept in all: the newest stay.
            var lines = File.ReadAllLines(open.Value.File);
            PrivateFiles.Replace(open.Value.File, string.Concat(lines[^(int)keep..].Select(line => line + "\n")));
            open = open.Value with { Rows = keep };
        }
    }
}
