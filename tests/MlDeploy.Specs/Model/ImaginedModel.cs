using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Specs.Model;

/// <summary>What is wrong with the rows that come.</summary>
/// <param name="Bins">By feature, where their values fall; a feature that is not named is as its population.</param>
/// <param name="MissingAt">The feature that is missing more often, and how often.</param>
internal sealed record LiveFault(IReadOnlyDictionary<int, byte[]>? Bins = null, (int Feature, double Share)? MissingAt = null, (int Feature, double Share)? UnseenAt = null, double Invalid = 0);

/// <param name="Gate">The first that failed; null when none did.</param>
/// <param name="Rows">At the candidate by then, or at the end.</param>
internal sealed record ImaginedOutcome(string? Gate, string? Reason, long Rows);

/// <summary>
/// Fifty features and a prediction, measured and judged by the real meter and the real judge with the gates and limits of the issue, beside `http.errors` and `latency.p99`, which take
/// their part of the budget; the first of three steps and a bake.
/// </summary>
internal sealed class ImaginedModel(int profileRows, int seed, ImmutableArray<Population> kinds)
{
    private const double Missing = 0.01;

    public static readonly ImmutableArray<Gate> Gates =
    [
        new() { Id = "http.errors", Metric = "http.errors", Max = 0.05, MaxIncrease = 0.005 },
        new() { Id = "latency.p99", Metric = "latency.p99", MaxRatio = 1.5 },
        new() { Id = "model.inputs.drift", Metric = "model.inputs.drift", Max = 0.20 },
        new() { Id = "model.inputs.missing", Metric = "model.inputs.missing", MaxIncrease = 0.02 },
        new() { Id = "model.inputs.unseen", Metric = "model.inputs.unseen", Max = 0.01 },
        new() { Id = "model.prediction.invalid", Metric = "model.prediction.invalid", Max = 0 },
    ];

    private readonly ImmutableArray<ImaginedFeature> features =
        [.. Enumerable.Range(0, 50).Select(at => new ImaginedFeature($"feature {at}", kinds[at % kinds.Length], profileRows, new Random((seed * 1000) + at)))];

    public ImmutableArray<ImaginedFeature> Features => features;

    public ImaginedOutcome Run(int deployment, long rowsPerLook, int looks, LiveFault fault)
    {
        var yardstick = new ModelYardstick("imagined", [.. features.Select(feature => feature.Judged)], null, PredictionBins.None, StableSharesProfile: false);
        var judge = new Judge(new JudgingPlan(Gates, 0.99, 4, 200, UserUnits: false, ComparableSteps: 3, Model: yardstick)) { Explains = false };
        judge.BeginStep(0, comparable: true);
        var meter = new ModelMeter(Gates, yardstick, null);
        var live = new LiveRows(features, fault, deployment);
        for (var look = 1; look <= looks; look++)
        {
            live.Add(rowsPerLook);
            var arm = live.Arm();
            var failed = judge.Look(meter.Measure(default, arm, null)).FirstOrDefault(judgment => judgment.Kind == JudgmentKind.Fail);
            if (failed is not null)
            {
                return new ImaginedOutcome(failed.Gate, failed.Reason, live.Rows);
            }
        }

        return new ImaginedOutcome(null, null, live.Rows);
    }

    private sealed class LiveRows(ImmutableArray<ImaginedFeature> features, LiveFault fault, int seed)
    {
        private readonly Random random = new(seed);
        private readonly long[][] counts = [.. features.Select(feature => new long[feature.Judged.Shares.Length])];
        private readonly long[] missing = new long[features.Length];
        private ulong state = ((ulong)seed * 0x9E3779B97F4A7C15UL) + 1;
        private long invalid;

        public long Rows { get; private set; }

        public void Add(long rows)
        {
            Rows += rows;
            invalid += random.Binomial(rows, fault.Invalid);
            for (var at = 0; at < features.Length; at++)
            {
                var gone = random.Binomial(rows, fault.MissingAt is { } more && more.Feature == at ? more.Share : Missing);
                var strange = fault.UnseenAt is { } unseen && unseen.Feature == at ? random.Binomial(rows - gone, unseen.Share) : 0;
                missing[at] += gone;
                counts[at][strange > 0 ? features[at].Unseen : 0] += strange;
                Fill(counts[at], fault.Bins?.GetValueOrDefault(at) ?? features[at].Bins, rows - gone - strange);
            }
        }

        public CapturedArm Arm() => new(
            new ArmCounts(Rows, [.. features.Select((feature, at) => new FeatureCounts(
                feature.Judged.Name, Rows, missing[at], Rows - missing[at], [.. counts[at]], feature.Unseen < 0 ? 0 : counts[at][feature.Unseen], 0, 0))], null, []),
            Rows, invalid, new CaptureTally(Rows, 0, 0));

        /// <summary>SplitMix64 (Steele, Lea and Flood 2014), four rows a number: five million rows a deployment.</summary>
        private void Fill(long[] into, byte[] bins, long rows)
        {
            for (var row = 0L; row < rows; row += 4)
            {
                state += 0x9E3779B97F4A7C15UL;
                var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
                mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
                mixed ^= mixed >> 31;
                for (var part = 0; part < Math.Min(4, rows - row); part++, mixed >>= 16)
                {
                    into[bins[mixed & 0xFFFF]]++;
                }
            }
        }
    }
}
