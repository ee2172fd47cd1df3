using System.Collections.Immutable;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>What a model gate would measure: counts of a step so far, measured again where there is noticeably more, as <see cref="ModelMeter"/> does.</summary>
internal abstract class ModelTraffic(Gate gate, double sample) : GateTraffic(gate)
{
    private long rows;
    private long measured;

    /// <summary>Rows of stable that were captured in this step.</summary>
    protected long StableRows { get; private set; }

    public override void BeginStep()
    {
        (rows, measured, StableRows) = (0, 0, 0);
        Forget();
    }

    public override Measurement? Draw(LookTraffic look, Judge judge, Random random)
    {
        var (mine, theirs) = (random.Binomial(look.Candidate, sample), random.Binomial(look.Stable ?? 0, sample));
        (rows, StableRows) = (rows + mine, StableRows + theirs);
        Bad += Add(look.Candidate, mine, theirs, random);
        if (rows == 0)
        {
            return new MissingMeasurement(Gate.Id, Failed: false, "no prediction was asked of the candidate yet in this step");
        }

        if (measured > 0 && rows < Math.Max(measured + 1, measured * ModelMeter.Noticeably))
        {
            return null;
        }

        measured = rows;
        return new ModelMeasurement(Gate.Id, rows, Tallies(rows), new CaptureTally(rows + StableRows, 0, 0));
    }

    /// <returns>Bad answers among the requests.</returns>
    protected abstract long Add(long requests, long mine, long theirs, Random random);

    protected abstract ImmutableArray<FeatureTally> Tallies(long rows);

    protected abstract void Forget();
}

/// <summary>Missing, unseen or invalid in a share of the rows of one feature; the others have none, and share the budget.</summary>
internal sealed class ModelShareTraffic(Gate gate, double sample, Shares shares, int features) : ModelTraffic(gate, sample)
{
    private readonly int others = gate.Metric is "model.prediction.invalid" ? 0 : features - 1;
    private long events;
    private long stableEvents;

    public override double Excess => shares.Candidate - shares.Stable;

    protected override void Forget() => (events, stableEvents) = (0, 0);

    protected override long Add(long requests, long mine, long theirs, Random random)
    {
        var drawn = random.Binomial(mine, shares.Candidate);
        events += drawn;
        stableEvents += random.Binomial(theirs, shares.Stable);
        return drawn + random.Binomial(requests - mine, shares.Candidate);
    }

    protected override ImmutableArray<FeatureTally> Tallies(long rows)
    {
        var without = new ArmTally(rows, 0, []);
        return
        [
            new FeatureTally(ImaginedInputs.Affected, new ArmTally(rows, events, []), StableRows > 0 ? new ArmTally(StableRows, stableEvents, []) : null),
            .. Enumerable.Range(2, others).Select(at => new FeatureTally($"feature {at}", without)),
        ];
    }
}

/// <summary>One feature, or the prediction, has moved; of the others none is told, though they share the budget. Every answer to a moved input counts as bad.</summary>
internal sealed class ModelDistanceTraffic(Gate gate, double sample, double moved) : ModelTraffic(gate, sample)
{
    private readonly double[] mineShares = ImaginedInputs.Shares(moved);
    private readonly double[] theirShares = ImaginedInputs.Shares(0);
    private long[] mineBins = [];
    private long[] theirBins = [];

    public override double Excess => moved == 0 ? 0 : 1;

    protected override void Forget() => (mineBins, theirBins) = (new long[mineShares.Length], new long[theirShares.Length]);

    protected override long Add(long requests, long mine, long theirs, Random random)
    {
        Fill(mineBins, mineShares, mine, random);
        if (Gate.Metric is "model.prediction.drift")
        {
            Fill(theirBins, theirShares, theirs, random);
        }

        return moved == 0 ? 0 : requests;
    }

    protected override ImmutableArray<FeatureTally> Tallies(long rows) =>
    [
        new FeatureTally(ImaginedInputs.Affected, Tally(mineBins), Gate.Metric is "model.prediction.drift" && StableRows > 0 ? Tally(theirBins) : null),
    ];

    private static ArmTally Tally(long[] bins) => new(bins.Sum(), 0, [.. bins]);

    /// <summary>Multinomial, bin after bin of what is left.</summary>
    private static void Fill(long[] bins, double[] shares, long rows, Random random)
    {
        var left = 1.0;
        for (var bin = 0; bin < bins.Length && rows > 0; bin++)
        {
            var drawn = bin == bins.Length - 1 ? rows : random.Binomial(rows, Math.Clamp(shares[bin] / left, 0, 1));
            bins[bin] += drawn;
            (rows, left) = (rows - drawn, Math.Max(1e-300, left - shares[bin]));
        }
    }
}
