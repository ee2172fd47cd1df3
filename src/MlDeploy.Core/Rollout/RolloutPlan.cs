using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Rollout;

/// <summary>One weight that is held and judged.</summary>
/// <param name="Index">0-based over all judged steps, the bake included.</param>
/// <param name="Weight">Share of production traffic at the candidate, 0–1.</param>
/// <param name="For">How long the weight is held before the step can pass.</param>
/// <param name="Comparable">False where stable gets no traffic by construction.</param>
/// <param name="Patience">How long it may wait beyond its time; null: as long as <see cref="RolloutPlan.Patience"/>. None where the target moves on by its own clock.</param>
public sealed record PlannedStep(
    int Index,
    string Name,
    double Weight,
    TimeSpan For,
    bool Comparable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TimeSpan? Patience = null)
{
    public bool IsBake => Weight >= 1;
}

/// <summary>What a rollout will do, from the manifest and from whether something is serving already. Pure data: it stands in the journal.</summary>
public sealed record RolloutPlan
{
    public required ImmutableArray<PlannedStep> Steps { get; init; }
    public required bool FirstDeployment { get; init; }
    public required long MinimumUnits { get; init; }
    public required TimeSpan Patience { get; init; }
    public required TimeSpan Deadline { get; init; }
    public required OnInconclusive OnInconclusive { get; init; }
    public required OnInterrupt OnInterrupt { get; init; }

    /// <summary>What the model gates judge against, as it was when the rollout began; null without such gates.</summary>
    public ModelYardstick? Model { get; init; }

    public static RolloutPlan For(RolloutSettings rollout, bool firstDeployment)
    {
        var asked = firstDeployment || rollout.Strategy is Strategy.BlueGreen or Strategy.AllAtOnce ? [] : rollout.Steps;
        var shifts = asked.Where(step => step.Weight < 1).ToImmutableArray();
        var steps = shifts.Select((step, index) => new PlannedStep(
            index, string.Create(CultureInfo.InvariantCulture, $"step {index + 1} of {shifts.Length}"), step.Weight, step.For, Comparable: true));

        // A step of 100 % leaves stable nothing to compare with: its time is the beginning of the bake.
        var atAll = asked.Where(step => step.Weight >= 1).Aggregate(rollout.Bake, (sum, step) => sum + step.For);
        return new RolloutPlan
        {
            Steps = [.. steps, new PlannedStep(shifts.Length, "bake", 1, atAll, Comparable: false)],
            FirstDeployment = firstDeployment,
            MinimumUnits = rollout.MinimumRequests,
            Patience = rollout.Patience,
            Deadline = rollout.Deadline,
            OnInconclusive = rollout.OnInconclusive,
            OnInterrupt = rollout.OnInterrupt,
        };
    }
}
