using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>What a sound journal keeps beyond its entries' shape, so that whoever reads it needs no checks of their own.</summary>
internal sealed class JournalSoundness
{
    private RolloutPlan? plan;
    private long lastSeq;

    /// <summary>Number of the line to come.</summary>
    public long NextLine => lastSeq + 1;

    /// <returns>What is wrong with the next entry; null when it fits.</returns>
    public string? Problem(JournalEntry entry)
    {
        var problem = entry.Seq != lastSeq + 1 ? $"entry {entry.Seq} follows entry {lastSeq}" : Content(entry);
        lastSeq = entry.Seq;
        return problem;
    }

    private string? Content(JournalEntry entry) => (entry, plan) switch
    {
        (OpenedEntry { Schema: not JournalFormat.Schema } opened, _) =>
            $"it is written in format {opened.Schema}, and this version of mldeploy reads format {JournalFormat.Schema}",
        (OpenedEntry opened, null) => Plan(plan = opened.Plan),
        (OpenedEntry, _) => "it is opened twice",
        (_, null) => "the entry that opens a journal is missing",
        (TransitionEntry transition, { } mine) => State(transition.State, mine) ?? Event(transition.Event),
        (LookEntry look, { } mine) => Look(look, mine),
        _ => null,
    };

    private static string? Plan(RolloutPlan plan) =>
        plan.Steps.IsDefaultOrEmpty ? "its plan has no steps"
        : plan.Steps.Where((step, index) => step is null || step.Index != index || !IsShare(step.Weight) || step.For < TimeSpan.Zero).Any() ? "its plan has an impossible step"
        : plan.Model is { IsSound: false } ? "what its model was judged against is impossible"
        : null;

    private static string? State(RolloutState state, RolloutPlan plan) =>
        state.Step < 0 || state.Step >= plan.Steps.Length ? $"the plan has no step {state.Step}"
        : !IsShare(state.Weight) ? $"{state.Weight} is no weight"
        : !Enum.IsDefined(state.Phase) ? "there is no such phase"
        : null;

    private static string? Event(RolloutEvent happened) => happened switch
    {
        StepPassed passed when HasHoles(passed.Judgments) => "a judgment is missing",
        GateFailed failed when HasHoles(failed.Judgments) => "a judgment is missing",
        StepInconclusive inconclusive when HasHoles(inconclusive.Judgments) => "a judgment is missing",
        TestsPassed passed when HasHoles(passed.Tests) => "a test has no name",
        _ => null,
    };

    private static string? Look(LookEntry look, RolloutPlan plan) =>
        look.Step < 0 || look.Step >= plan.Steps.Length ? $"the plan has no step {look.Step}"
        : look.Elapsed < TimeSpan.Zero ? "a look lies before its step"
        : HasHoles(look.Measurements) || look.Judgments is { } judgments && HasHoles(judgments) ? "a measurement or judgment is missing"
        : look.Measurements.OfType<CountMeasurement>().Any(count => !IsCount(count.Candidate) || !IsCount(count.Stable)) ? "a count is impossible"
        : look.Measurements.OfType<QuantileMeasurement>().Any(quantile =>
            !IsCount(quantile.Candidate) || !IsCount(quantile.Stable) || !IsCount(quantile.RatioCandidate) || !IsCount(quantile.RatioStable)) ? "a count is impossible"
        : look.Measurements.OfType<ModelMeasurement>().Any(model => !model.IsSound) ? "a count is impossible"
        : null;

    private static bool HasHoles<T>(ImmutableArray<T> items)
        where T : class => items.IsDefault || items.Any(item => item is null);

    private static bool IsCount(ArmCount? count) => count is null or { Units: >= 0, Events: >= 0 };

    private static bool IsShare(double value) => value is >= 0 and <= 1;
}
