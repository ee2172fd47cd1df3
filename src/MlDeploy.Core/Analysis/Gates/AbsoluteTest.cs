using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>Whether an arm's share of units with the event lies above a limit: the lower end of a confidence sequence does.</summary>
/// <param name="level">False-alarm chance over the whole step.</param>
/// <param name="limit">Share, 0–1.</param>
internal sealed class AbsoluteTest(double level, double limit)
{
    private readonly ProportionSequence sequence = new(level);

    public ArmCount Candidate { get; private set; }

    public ArmCount Stable { get; private set; }

    public bool Fails => IsAbove(Candidate);

    /// <summary>Stable is above the limit too: going back to it would not help.</summary>
    public bool StableFails => IsAbove(Stable);

    /// <summary>Lower end of the candidate's share, 0–1.</summary>
    public double Low => sequence.Lower(Candidate.Events, Units(Candidate));

    public void Observe(ArmCount candidate, ArmCount? stable)
    {
        Candidate += candidate;
        Stable += stable ?? default;
    }

    /// <summary>The smallest share that nine in ten times would have been caught by now; null when not even 1 would.</summary>
    public double? SmallestCaught(double scale = 1)
    {
        var n = Units(Candidate) * scale;
        return Search.Smallest(limit, 1, share => sequence.IsAbove(Search.NineInTen(n, share), n, limit));
    }

    private bool IsAbove(ArmCount arm) => sequence.IsAbove(arm.Events, Units(arm), limit);

    /// <summary>A reading is not one atomic moment, and users can fail in a later interval than they first came in: never fewer units than events.</summary>
    private static double Units(ArmCount arm) => Math.Max(arm.Units, arm.Events);
}
