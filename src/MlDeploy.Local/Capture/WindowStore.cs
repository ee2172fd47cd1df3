using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Capture;

/// <summary>
/// Windows on disk: a folder per version, a file per five minutes (UTC), and one per hour once it is over for an hour; each merged from what was counted in it, over
/// restarts of the host. An hour's file takes the place of its five minutes' files: what a kill left of them beside it does not count.
/// </summary>
internal sealed class WindowStore(ApplicationPaths paths, TimeProvider clock, HostLog log)
{
    private const string Hours = "yyyyMMdd'T'HH";
    private const string Slots = "yyyyMMdd'T'HHmm";
    private const int SlotMinutes = 5;
    private static readonly TimeSpan Keep = TimeSpan.FromDays(31);

    /// <summary>Merges a window into the file of its time. A disk that refuses costs these counts, and is told.</summary>
    public void Add(string version, WindowSketch window)
    {
        if (window.Rows == 0 && window.Unreadable == 0)
        {
            return;
        }

        try
        {
            var folder = Path.Combine(paths.Windows, version);
            PrivateFiles.CreateFolder(paths.Windows);
            PrivateFiles.CreateFolder(folder);
            var at = (window.To ?? clock.GetUtcNow()).UtcDateTime;
            var hour = FileOf(folder, at, Hours);
            Merge(version, File.Exists(hour) ? hour : FileOf(folder, at.AddMinutes(-(at.Minute % SlotMinutes)), Slots), [window]);
            Tidy(version, folder);
        }
        catch (Exception failure) when (failure is ExpectedException or IOException or UnauthorizedAccessException)
        {
            log.Write(failure.Message);
        }
    }

    /// <summary>What a version saw since a moment; null when nothing is kept.</summary>
    public WindowSketch? Since(string version, DateTimeOffset from) => Between(version, from, DateTimeOffset.MaxValue);

    /// <summary>What a version saw in a span of time: all files that lie in it by more than their edge, so it is exact to five minutes, or to an hour where they are merged.</summary>
    public WindowSketch? Between(string version, DateTimeOffset from, DateTimeOffset to)
    {
        WindowSketch? merged = null;
        foreach (var (file, start, length) in Files(Path.Combine(paths.Windows, version)))
        {
            if (start + length > from && start < to && Read(file) is { } window)
            {
                merged ??= new WindowSketch { Version = version };
                merged.Merge(window);
            }
        }

        return merged;
    }

    private static string FileOf(string folder, DateTime at, string format) => Path.Combine(folder, at.ToString(format, CultureInfo.InvariantCulture) + ".mlw");

    /// <summary>Those that count.</summary>
    private static List<(string File, DateTimeOffset Start, TimeSpan Length)> Files(string folder)
    {
        var all = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.mlw").Order(StringComparer.Ordinal).Select(Of).ToArray() : [];
        var hours = all.Where(one => one.Length == TimeSpan.FromHours(1)).Select(one => one.Start).ToHashSet();
        return [.. all.Where(one => one.Length > TimeSpan.Zero && (one.Length == TimeSpan.FromHours(1) || !hours.Contains(HourOf(one.Start))))];
    }

    private static (string File, DateTimeOffset Start, TimeSpan Length) Of(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return TryParse(name, Hours, out var hour) ? (file, hour, TimeSpan.FromHours(1))
            : TryParse(name, Slots, out var slot) ? (file, slot, TimeSpan.FromMinutes(SlotMinutes))
            : (file, default, TimeSpan.Zero);
    }

    private static bool TryParse(string name, string format, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(name, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);

    private static DateTimeOffset HourOf(DateTimeOffset at) => new(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero);

    private void Merge(string version, string file, IEnumerable<WindowSketch> more)
    {
        var whole = new WindowSketch { Version = version };
        foreach (var window in (Read(file) is { } before ? new[] { before } : []).Concat(more))
        {
            whole.Merge(window);
        }

        PrivateFiles.Replace(file, SketchBinary.Write(SketchStates.Of(whole)));
    }

    /// <summary>Makes hours of five minutes once they are over, and deletes what is too old.</summary>
    private void Tidy(string version, string folder)
    {
        var now = clock.GetUtcNow();
        var counted = Files(folder);
        foreach (var slots in counted.Where(one => one.Length < TimeSpan.FromHours(1) && HourOf(one.Start) + TimeSpan.FromHours(2) <= now).GroupBy(one => HourOf(one.Start)))
        {
            Merge(version, FileOf(folder, slots.Key.UtcDateTime, Hours), slots.Select(slot => Read(slot.File)).OfType<WindowSketch>());
        }

        var kept = Files(folder).Where(one => now - one.Start <= Keep).Select(one => one.File).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder, "*.mlw").Where(file => Of(file).Length > TimeSpan.Zero && !kept.Contains(file)))
        {
            File.Delete(file);
        }
    }

    /// <summary>A file that cannot be read is put aside: counting goes on.</summary>
    private WindowSketch? Read(string file)
    {
        try
        {
            return File.Exists(file) ? ModelFiles.ReadWindow(File.ReadAllBytes(file), file) : null;
        }
        catch (Exception failure) when (failure is ExpectedException or IOException or UnauthorizedAccessException)
        {
            log.Write($"{failure.Message}: it is put aside as {Path.GetFileName(file)}.damaged");
            PutAside(file);
            return null;
        }
    }

    private void PutAside(string file)
    {
        try
        {
            File.Move(file, file + ".damaged", overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Write(failure.Message);
        }
    }
}
