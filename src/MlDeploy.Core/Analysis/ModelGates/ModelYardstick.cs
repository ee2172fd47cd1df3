using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// What the model gates of one rollout judge against, fixed before traffic moves. It stands in the journal's first line, so that a journal is
/// judged again without the profile it came from.
/// </summary>
/// <param name="Reference">In words: `profile.json, 60,000 rows`; null without a profile.</param>
/// <param name="Features">The profile's inputs, without those that capture leaves out.</param>
/// <param name="Prediction">Bins of the predictions; null when nothing is known of them beforehand.</param>
/// <param name="PredictionFrom">Where those bins are from.</param>
/// <param name="StableSharesProfile">Stable was deployed with the same profile: where it fails too, going back would not help.</param>
/// <param name="Slices">What gates judge by themselves, too; null when none does.</param>
public sealed record ModelYardstick(
    string? Reference, ImmutableArray<JudgedFeature> Features, JudgedFeature? Prediction, PredictionBins PredictionFrom, bool StableSharesProfile, ImmutableArray<JudgedSlice>? Slices = null)
{
    internal EvidenceShelf Evidence { get; } = new();

    /// <summary>False for bins that no reference could have.</summary>
    internal bool IsSound => !Features.IsDefault && Features.All(feature => feature is { IsSound: true }) && Prediction is null or { IsSound: true }
        && Features.Select(feature => feature.Name).Distinct(StringComparer.Ordinal).Count() == Features.Length
        && (Slices is not { } slices || (!slices.IsDefault && slices.All(slice => slice is { Feature: not null, Value: not null }) && slices.Distinct().Count() == slices.Length));

    /// <summary>The slices that a gate judges by themselves.</summary>
    public ImmutableArray<JudgedSlice> SlicesOf(Gate gate) => gate.Slices.IsEmpty || Slices is not { } slices ? [] : [.. slices.Where(slice => gate.Slices.Contains(slice.Feature))];

    public JudgedFeature? Find(string name) => Features.FirstOrDefault(feature => feature.Name == name);
}

/// <summary>The rows in which a feature has one value.</summary>
public sealed record JudgedSlice(string Feature, string Value)
{
    /// <summary>Values of one feature that are judged by themselves: the most frequent.</summary>
    public const int MostValues = 10;

    /// <summary>Slices of a rollout: each takes memory, time and a part of the budget.</summary>
    public const int Most = 30;

    public override string ToString() => $"{Feature} = {Value}";
}

public enum PredictionBins
{
    None,

    /// <summary>The profile has predictions.</summary>
    Profile,

    /// <summary>What stable answered before the deployment.</summary>
    Stable,

    /// <summary>Equal parts of `model.range`.</summary>
    Range,
}

/// <summary>A feature of the reference, as far as judging and reporting need it.</summary>
/// <param name="Missing">Share of the reference's rows without it, 0–1.</param>
/// <param name="Uppers">Ends of the bins of numbers.</param>
/// <param name="Labels">Names of the bins of categories; empty for numbers.</param>
/// <param name="Shares">The reference's share of each bin; empty when distributions are not compared.</param>
/// <param name="Errors">See <see cref="FeaturePartition.Errors"/>.</param>
/// <param name="Count">Values the reference has.</param>
public sealed record JudgedFeature(
    string Name, FeatureKind Kind, double Missing, ImmutableArray<double> Uppers, ImmutableArray<string> Labels, ImmutableArray<double> Shares, ImmutableArray<double> Errors,
    bool KnowsUnseen, long Count, string? Unit = null, string? Description = null)
{
    public static JudgedFeature Of(ReferenceFeature feature, string? unit = null, string? description = null) =>
        Of(feature.Name, feature.Kind, feature.MissingShare, feature.Partition) with { Unit = unit, Description = description };

    public static JudgedFeature Of(string name, FeatureKind kind, double missing, FeaturePartition? bins) => new(
        name, kind, missing, bins?.Uppers ?? [], bins is { IsNumeric: false } ? bins.Labels : [], bins?.Shares ?? [], bins?.Errors ?? [], bins?.KnowsUnseen ?? false, bins?.ReferenceCount ?? 0);

    internal bool IsSound => Name is not null && !Uppers.IsDefault && !Labels.IsDefault && !Shares.IsDefault && !Errors.IsDefault && Labels.All(label => label is not null) && IsBins;

    private bool IsBins => Shares.IsEmpty || (Shares.Length >= 2 && Errors.Length == Shares.Length
        && (Labels.IsEmpty ? Uppers.Length + 1 : Labels.Length) == Shares.Length
        && Shares.All(share => share is >= -1e-9 and <= 1 + 1e-9) && Uppers.All(double.IsFinite) && Uppers.SequenceEqual(Uppers.Order()));

    /// <summary>Null when distributions are not compared.</summary>
    /// <exception cref="ArgumentException">What is written are no bins.</exception>
    public FeaturePartition? Partition() => Shares.IsDefaultOrEmpty ? null : FeaturePartition.Recorded(Uppers, Labels, Shares, Errors, KnowsUnseen, Count);
}
