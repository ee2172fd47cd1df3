using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Core.Report;

/// <summary>Journal → report, at any time: a running deployment gives the report so far. The same journal always gives the same report.</summary>
public static class ReportBuilder
{
    /// <param name="features">What is known of the model from elsewhere; null: what the journal's measurements tell.</param>
    /// <returns>Null when the journal has no first line yet.</returns>
    public static DeploymentReport? From(IReadOnlyList<JournalEntry> entries, FeaturesReport? features = null)
    {
        if (entries is not [OpenedEntry opened, ..])
        {
            return null;
        }

        var state = entries.OfType<TransitionEntry>().LastOrDefault()?.State ?? RolloutState.Initial(opened.At);
        var manifest = ManifestReader.ReadCanonical(opened.Manifest).Manifest;
        return new DeploymentReport
        {
            Deployment = opened.Deployment,
            Application = opened.Application,
            Candidate = opened.Candidate,
            Stable = opened.Stable,
            Outcome = state.Phase,
            ExitCode = state.Exit,
            Verdict = Verdicts.Sentence(opened, state),
            Reason = Reason(state, entries),
            StartedAt = opened.At,
            EndedAt = state.IsFinal ? state.Since : null,
            Holder = opened.Holder,
            RunUrl = opened.RunUrl,
            Timeline = [.. entries.OfType<TransitionEntry>().Select(entry => new TimelineEntry(
                entry.At - opened.At, entry.State.Phase, entry.State.Step, entry.State.Weight, Verdicts.Tell(entry.Event, opened.Plan)))],
            Steps = [.. Steps(opened, entries)],
            Notes = [.. entries.OfType<NoteEntry>().Select(note => note.Text)],
            ToolVersion = opened.ToolVersion,
            Tests = [.. Tests(manifest, entries)],
            Gates = GateHistory.Of(opened, entries, manifest?.Rollout.Gates ?? []),
            Manifest = Settings(opened, manifest),
            Model = manifest?.Model is { } model ? new ModelReport(model.Name, model.Version, model.TrainedAt, model.Profile) : null,
            Features = features ?? FeatureHistory.Of(opened, entries, manifest),
        };
    }

    /// <summary>The report of a journal from anywhere, with whatever replaying it gives otherwise than is written.</summary>
    public static DeploymentReport? Again(IReadOnlyList<JournalEntry> entries, FeaturesReport? features = null) =>
        From(entries, features) is { } report ? report with { Discrepancies = JournalReplay.Replay(entries).Discrepancies } : null;

    /// <summary>An unverified rollback has two reasons: what was wrong with the candidate stands in the transition before.</summary>
    private static string? Reason(RolloutState state, IReadOnlyList<JournalEntry> entries)
    {
        var began = entries.OfType<TransitionEntry>().LastOrDefault(entry => entry.State.Phase == Phase.RollingBack)?.State.Reason;
        return state.Phase == Phase.Unsafe && began is not null && state.Reason != began ? $"{state.Reason}\n{began}" : state.Reason;
    }

    private static IEnumerable<StepReport> Steps(OpenedEntry opened, IReadOnlyList<JournalEntry> entries) => entries
        .OfType<LookEntry>()
        .GroupBy(look => look.Step)
        .Select(looks => new StepReport(
            opened.Plan.Steps[looks.Key].Name,
            opened.Plan.Steps[looks.Key].Weight,
            looks.Last().Elapsed,
            looks.LastOrDefault(look => look.Judgments is not null)?.Judgments ?? ImmutableArray<Judgment>.Empty));

    /// <summary>Tests run in order and the first that fails is the last: those before it have passed.</summary>
    private static IEnumerable<TestReport> Tests(AppManifest? manifest, IReadOnlyList<JournalEntry> entries)
    {
        var passed = entries.OfType<TransitionEntry>().Select(entry => entry.Event).OfType<TestsPassed>().LastOrDefault();
        var failed = entries.OfType<TransitionEntry>().Select(entry => entry.Event).OfType<TestFailed>().LastOrDefault();
        var names = manifest is not null ? manifest.Rollout.Tests.Select(test => test.Name) : passed?.Tests ?? [];
        var before = failed is not null;
        foreach (var name in names)
        {
            var isFailed = failed?.Test == name;
            before &= !isFailed;
            yield return isFailed ? new TestReport(name, false, failed!.Reason) : new TestReport(name, passed is not null || before ? true : null, null);
        }
    }

    private static ManifestReport Settings(OpenedEntry opened, AppManifest? manifest)
    {
        JsonElement? settings = null;
        try
        {
            using var document = JsonDocument.Parse(opened.Manifest);
            settings = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A damaged journal: the digest still says which bytes were there.
        }

        return new ManifestReport(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(opened.Manifest))), manifest?.Application.Image, manifest?.Application.Command ?? [], settings);
    }
}
