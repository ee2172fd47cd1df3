using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>`mldeploy/simulation/v1`: what rehearsing a manifest showed. Chances are shares of the rehearsed rollouts, 0–1.</summary>
public sealed record RehearsalReport
{
    public static JsonTypeInfo<RehearsalReport> Json => RehearsalJson.Default.RehearsalReport;

    public required string Application { get; init; }

    /// <summary>Requests a second.</summary>
    public required double Rate { get; init; }

    public required int Runs { get; init; }
    public required int Seed { get; init; }

    /// <summary>How both arms answer, in words: what was asked for, and what is assumed.</summary>
    public required ImmutableArray<string> Imagined { get; init; }

    /// <summary>Rolled back because a gate failed.</summary>
    public required double Caught { get; init; }

    /// <summary>Ended without enough evidence.</summary>
    public required double Inconclusive { get; init; }

    public required double Promoted { get; init; }

    /// <summary>Until it was caught, over all rollouts; null when fewer were.</summary>
    public required TimeSpan? Median { get; init; }

    public required TimeSpan? NineInTen { get; init; }

    /// <summary>Bad answers of the candidate until the end, on average; over all gates with an effect.</summary>
    public required double BadAnswers { get; init; }

    /// <summary>Of these, more than stable would have given.</summary>
    public required double ExcessBadAnswers { get; init; }

    /// <summary>Requests the candidate answered until the end, on average.</summary>
    public required double CandidateRequests { get; init; }

    public required ImmutableArray<RehearsedStepReport> Steps { get; init; }
    public required ImmutableArray<RehearsedGateReport> Gates { get; init; }

    /// <summary>The same with a candidate that is as stable is.</summary>
    public required HarmlessReport Harmless { get; init; }

    public ImmutableArray<string> Advice { get; init; } = [];
}

/// <param name="LookEvery">The longest time between two looks of the rehearsal; the rollout itself looks every 2 s.</param>
/// <param name="Requests">To expect at the candidate in this step.</param>
/// <param name="CaughtHere">Share of all rollouts that were rolled back in this step.</param>
/// <param name="CaughtSoFar">In this step or before.</param>
/// <param name="Inconclusive">Share of all rollouts that ended in this step without enough evidence.</param>
public sealed record RehearsedStepReport(string Name, double Weight, TimeSpan For, TimeSpan LookEvery, double Requests, double CaughtHere, double CaughtSoFar, double Inconclusive);

/// <summary>One gate, as if it were alone.</summary>
/// <param name="NotRehearsed">Why; null when it was.</param>
/// <param name="Caught">Share of rollouts in which it failed by the end; null when it was not rehearsed.</param>
/// <param name="MedianRequests">At the candidate until it failed; null when fewer than half did.</param>
public sealed record RehearsedGateReport(string Gate, string Limit, string? NotRehearsed, double? Caught, TimeSpan? Median, TimeSpan? NineInTen, long? MedianRequests);

/// <param name="RolledBack">Rollouts in which a gate failed: false alarms.</param>
/// <param name="AtMost">Upper end of the 95 % interval of their share (Wilson 1927).</param>
/// <param name="Promised">1 − confidence.</param>
/// <param name="Inconclusive">Share that ended without enough evidence.</param>
public sealed record HarmlessReport(int Runs, int RolledBack, double AtMost, double Promised, double Inconclusive);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RehearsalReport))]
internal sealed partial class RehearsalJson : JsonSerializerContext;
