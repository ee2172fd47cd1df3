using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Capture;

/// <summary>Windows on disk: a folder per version and a file per hour (UTC), each merged from what was counted in it, over restarts of the host.</summary>
internal sealed class WindowStore(ApplicationPaths paths, TimeProvider clock, HostLog log)
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(31);

    /// <summary>Merges a window into the file of its hour. A disk that refuses costs these counts, and is told.</summary>
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
            var file = Path.Combine(folder, (window.To ?? clock.GetUtcNow()).UtcDateTime.ToString("yyyyMMdd'T'HH", CultureInfo.InvariantCulture) + ".mlw");
            var whole = new WindowSketch { Version = version };
            if (Read(file) is { } before)
            {
                whole.Merge(before);
            }

            whole.Merge(window);
            PrivateFiles.Replace(file, SketchBinary.Write(SketchStates.Of(whole)));
            Prune(folder);
        }
        catch (ExpectedException failure)
        {
            log.Write(failure.Message);
        }
    }

    /// <summary>What a version saw since a moment, merged over the hours' files; null when nothing is kept.</summary>
    public WindowSketch? Since(string version, DateTimeOffset from)
    {
        var folder = Path.Combine(paths.Windows, version);
        WindowSketch? merged = null;
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.mlw") : [])
        {
            if (HourOf(file) is { } hour && hour + TimeSpan.FromHours(1) > from && Read(file) is { } window)
            {
                merged ??= new WindowSketch { Version = version };
                merged.Merge(window);
            }
        }

        return merged;
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

    private void Prune(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.mlw").Where(file => HourOf(file) is { } hour && clock.GetUtcNow() - hour > Keep).ToArray())
        {
            File.Delete(file);
        }
    }

    private static DateTimeOffset? HourOf(string file) =>
        DateTimeOffset.TryParseExact(Path.GetFileNameWithoutExtension(file), "yyyyMMdd'T'HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var hour) ? hour : null;
}
