using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>Whether the candidate has the event more often than stable over the same time.</summary>
internal sealed class ComparingTest
{
    /// <summary>Users: part of the false-alarm chance that is spent on knowing their split.</summary>
    private const double SplitPart = 0.1;

    private readonly ConditionalProcess process = new();
    private readonly ProportionSequence? split;

    /// <param name="level">False-alarm chance over the whole step.</param>
    /// <param name="users">Units are users, who can have the event in a later interval than the one they first came in.</param>
    public ComparingTest(double level, bool users)
    {
        LogNeeded = -Math.Log(users ? level * (1 - SplitPart) : level);
        split = users ? new ProportionSequence(level * SplitPart) : null;
    }

    /// <summary>Logarithm of what the e-value must reach.</summary>
    public double LogNeeded { get; }

    public double LogEvidence => process.LogEvidence;

    public bool HasEvidence => LogEvidence >= LogNeeded;

    public ArmCount Candidate { get; private set; }

    public ArmCount Stable { get; private set; }

    /// <summary>Where the size of the rise is read: since it seems to have begun; for users over the whole step, where every failure has its user.</summary>
    public Onset Estimate => split is null ? process.SinceOnset : new Onset(Candidate, Stable, LogEvidence);

    public void Observe(ArmCount candidate, ArmCount stable)
    {
        Candidate += candidate;
        Stable += stable;
        if (split is null)
        {
            process.Observe(candidate, stable);
        }
        else
        {
            process.Observe(candidate, stable, UserWeight(1));
        }
    }

    /// <summary>
    /// The smallest share of the candidate's units with the event that nine in ten times would have been caught by now, at stable's
    /// share as it is; null when not even a candidate that always has the event would: then a pass would mean nothing.
    /// </summary>
    /// <param name="tolerated">The candidate's share up to which it would not fail whatever the evidence.</param>
    /// <param name="scale">How many times the traffic so far.</param>
    public double? SmallestCaught(double tolerated, double scale = 1)
    {
        var (n, m) = (Candidate.Units * scale, Stable.Units * scale);
        var stableShare = StableShare;
        var weight = split is null ? n / Math.Max(1, n + m) : UserWeight(scale);
        return n + m < 1 ? null : Search.Smallest(Math.Max(tolerated, stableShare), 1, IsCaught);

        bool IsCaught(double share)
        {
            var events = Search.NineInTen(n, share);
            return ConditionalProcess.Foreseen(OddsRatioPrior.Default, events, events + (m * stableShare), weight) >= LogNeeded;
        }
    }

    /// <summary>Stable's share over the step, half an event added so that none seen is not taken for none possible.</summary>
    public double StableShare => (Math.Min(Stable.Events, Stable.Units) + 0.5) / (Stable.Units + 1.0);

    /// <summary>
    /// Users are split by the hash of their key, each alike and for the whole step: the arm of a failing user is the candidate's with a
    /// constant chance. It is not known exactly, and the users at risk in one interval are of different ages, so the interval's own split
    /// will not do. The upper end of a confidence sequence over all users of the step bounds it at all times, and the e-value falls
    /// with the weight: together they are wrong with at most the two chances added.
    /// </summary>
    private double UserWeight(double scale) => split!.Upper(Candidate.Units * scale, ((double)Candidate.Units + Stable.Units) * scale);
}
