using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// What a model gate read: counts of each feature over the step so far, both arms. Cumulative, unlike other measurements: evidence needs the counts
/// alone, so a journal stays small by measuring only when there is noticeably more.
/// </summary>
/// <param name="Rows">At the candidate.</param>
/// <param name="Void">Why the arms cannot be compared; null when they can.</param>
/// <param name="Slices">The same of rows with one value of a feature; null for a gate without slices.</param>
public sealed record ModelMeasurement(string Gate, long Rows, ImmutableArray<FeatureTally> Features, CaptureTally Capture, string? Void = null, ImmutableArray<SliceTally>? Slices = null) : Measurement(Gate)
{
    /// <summary>False for what no gateway could have counted.</summary>
    internal bool IsSound => Rows >= 0 && Capture is not null && !Features.IsDefault
        && Features.All(feature => feature is { IsSound: true })
        && (Slices is not { } slices || (!slices.IsDefault && slices.All(slice => slice is { IsSound: true })));
}

/// <summary>What a gate read of the rows in which a feature has one value.</summary>
/// <param name="Slice">`country = DE`.</param>
/// <param name="Rows">At the candidate.</param>
/// <param name="Features">Those that are farthest: what is not told cannot be the one that fails.</param>
public sealed record SliceTally(string Slice, long Rows, ImmutableArray<FeatureTally> Features, string? Void = null)
{
    internal bool IsSound => Slice is not null && Rows >= 0 && !Features.IsDefault && Features.All(feature => feature is { IsSound: true });
}

/// <param name="Stable">Null where stable has no traffic.</param>
public sealed record FeatureTally(string Name, ArmTally Candidate, ArmTally? Stable = null)
{
    internal bool IsSound => Name is not null && Candidate is { IsSound: true } && Stable is null or { IsSound: true };
}

/// <param name="Units">Rows, values or predictions.</param>
/// <param name="Events">Of them: missing, unseen, invalid; or whatever the gate counts.</param>
/// <param name="Bins">Values by the bins of the yardstick; empty when the gate counts events.</param>
public sealed record ArmTally(long Units, long Events, ImmutableArray<long> Bins)
{
    internal bool IsSound => Units >= 0 && Events >= 0 && !Bins.IsDefault && Bins.All(count => count >= 0);

    /// <exception cref="ArgumentException">The bins are others than the yardstick's.</exception>
    internal double[] Counts(int bins) => Bins.Length == bins ? [.. Bins.Select(count => (double)count)] : throw new ArgumentException($"{Bins.Length} bins were counted, of {bins}", nameof(bins));
}

/// <summary>How capture fared over the step, both arms.</summary>
/// <param name="Rows">Counted.</param>
/// <param name="Dropped">Requests left out because capture could not keep up, or a body was too large.</param>
/// <param name="Unparsable">Requests that could not be read as the manifest's protocol.</param>
public sealed record CaptureTally(long Rows, long Dropped, long Unparsable);
