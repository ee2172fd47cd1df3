using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Capture;

/// <summary>What a version on this machine was asked and answered in a span of time.</summary>
/// <param name="Window">Null when nothing was captured then.</param>
/// <param name="Profile">The file it was deployed with; null without one.</param>
/// <param name="Exclude">Features that are not captured.</param>
public sealed record LiveWindow(string Version, WindowSketch? Window, string? Profile, ImmutableArray<string> Exclude);

/// <summary>Live data from the state, read without the host; it saves every few seconds what it counts.</summary>
public static class LiveWindows
{
    /// <param name="version">Label or id; null for stable.</param>
    /// <exception cref="ExpectedException">There is no such version.</exception>
    public static LiveWindow Read(StatePaths state, string application, string? version, DateTimeOffset from, DateTimeOffset to, TimeProvider clock)
    {
        var paths = state.Application(application);
        var id = version is null ? Stable(paths, application) : Find(paths, state, application, version, clock);
        var windows = new WindowStore(paths, clock, new HostLog(state.HostLog, clock));
        return new LiveWindow(
            id, windows.Between(id, from, to), File.Exists(paths.Profile(id)) ? paths.Profile(id) : null,
            new VersionStore(paths, state, clock).TryRead(id)?.Manifest.Monitoring.CaptureExclude ?? []);
    }

    private static string Stable(ApplicationPaths paths, string application) => ApplicationRecord.Read(paths)?.Stable ?? throw new ExpectedException(
        ExitCode.Usage, $"{application} has no stable version yet", "deploy one, or name a version with --version");

    private static string Find(ApplicationPaths paths, StatePaths state, string application, string wanted, TimeProvider clock)
    {
        var records = new VersionStore(paths, state, clock).All().ToArray();
        var kept = Directory.Exists(paths.Windows) ? Directory.GetDirectories(paths.Windows).Select(Path.GetFileName).OfType<string>() : [];
        return records.FirstOrDefault(record => record.Id == wanted)?.Id
            ?? records.Where(record => record.Label == wanted).MaxBy(record => record.CreatedAt)?.Id
            ?? kept.FirstOrDefault(id => id == wanted)
            ?? throw new ExpectedException(
                ExitCode.Usage, $"{application} has no version {wanted}", records.Length == 0 ? "deploy it first" : $"choose one of {string.Join(", ", records.OrderByDescending(record => record.CreatedAt).Select(record => record.Id))}");
    }
}
