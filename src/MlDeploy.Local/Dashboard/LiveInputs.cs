using System.Collections.Immutable;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Applications;
using MlDeploy.Local.Capture;

namespace MlDeploy.Local.Dashboard;

/// <summary>
/// How far a version's inputs are from its profile. Windows are on disk every few seconds, so looking again sooner would find the same; and a look
/// that took long waits longer for the next, so that a wide model costs at most 2 % of one core, however many pages are open.
/// </summary>
internal sealed class LiveInputs(ModelCapture capture, TimeProvider clock)
{
    public const int MostFeatures = 50;

    /// <summary>What `drift` looks at too: a day holds all times of day once.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private const int RestPerLook = 50;

    private readonly Dictionary<string, Look> looks = new(StringComparer.Ordinal);

    /// <summary>Null for a version without a model. Called by one at a time.</summary>
    public InputsView? Read(ServedVersion version, string role)
    {
        if (version.Arm.Capture is null)
        {
            return null;
        }

        var before = looks.GetValueOrDefault(version.Id);
        if (before is null || clock.GetElapsedTime(before.At) >= before.Rest)
        {
            looks[version.Id] = before = Compare(version, before);
        }

        return before.Found with { Role = role };
    }

    /// <summary>Versions that no longer run.</summary>
    public void Forget(IEnumerable<string> running)
    {
        foreach (var gone in looks.Keys.Except(running, StringComparer.Ordinal).ToArray())
        {
            looks.Remove(gone);
        }
    }

    private Look Compare(ServedVersion version, Look? before)
    {
        var began = clock.GetTimestamp();
        var monitoring = version.Version.Manifest.Monitoring;
        var span = monitoring.Drift?.Window ?? Day;

        // A version's profile never changes.
        var reference = before is null ? capture.Reference(version.Version) : before.Reference;
        var window = capture.Saved(version.Id, clock.GetUtcNow() - span);
        var found = Of(version.Id, span, reference, window, monitoring.Drift?.Max);
        var took = clock.GetElapsedTime(began);
        return new Look(clock.GetTimestamp(), took * RestPerLook > ModelCapture.SaveEvery ? took * RestPerLook : ModelCapture.SaveEvery, reference, found);
    }

    internal static InputsView Of(string version, TimeSpan span, ModelReference? reference, WindowSketch? window, double? limit)
    {
        // What is absent or of another kind has no distance, and is what matters most.
        FeatureComparison[] compared = reference is null || window is not { Rows: >= DriftLook.EnoughRows } ? [] : [.. WindowComparison.Of(reference, window).OrderByDescending(one => one.IsChanged)];
        var max = limit ?? double.PositiveInfinity;
        ImmutableArray<FeatureView> features = [.. compared.Take(MostFeatures).Select(one => new FeatureView(
            one.Name, (one.Kind == FeatureKind.Empty ? one.LiveKind : one.Kind).Word(), one.Distance, one.Chance, one.Missing, one.ReferenceMissing, one.State(max), one.IsTooFar(max)))];
        return new InputsView(version, "", span.TotalSeconds, window?.Rows ?? 0, reference?.Rows ?? 0, limit, features, compared.Length - features.Length);
    }

    private sealed record Look(long At, TimeSpan Rest, ModelReference? Reference, InputsView Found);
}
