using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>
/// Evidence that the candidate has the event more often than stable: a conditional e-process on the arm of each event.
/// <para>
/// Given one interval's units in both arms and its k events altogether, the candidate's part k_c is hypergeometric when the
/// arms are alike, whatever the common rate was (Fisher's exact test). With w the candidate's realised share of the units,
/// <c>θ^k_c / (1 − w + wθ)^k</c> is the likelihood ratio of Bernoulli arms for the odds ratio θ; its mean under the
/// hypergeometric is at most 1, because sampling without replacement is dominated in convex order by sampling with it
/// (Hoeffding 1963, "Probability inequalities for sums of bounded random variables", theorem 4). The product over intervals
/// is a non-negative supermartingale, and so is a mixture of such products over odds ratios and over the interval in which each
/// begins (Ramdas, Grünwald, Vovk and Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference").
/// By Ville's inequality it ever reaches 1/α with probability at most α.
/// </para>
/// <para>
/// The mixture over starts needs no list of starts: M ← L · (M + newly staked), with L the interval's ratio, is the sum over all
/// of them (the recursion of Shiryaev 1963 and Roberts 1966, with stakes that add up to 1). A look costs the same after a day as at the beginning.
/// </para>
/// </summary>
public sealed class ConditionalProcess
{
    private readonly ImmutableArray<OddsRatio> ratios;
    private readonly double[] mixtures;
    private readonly Onset[] onsets;
    private double unstaked = 1;
    private double events;

    public ConditionalProcess()
        : this(OddsRatioPrior.Default)
    {
    }

    public ConditionalProcess(ImmutableArray<OddsRatio> ratios)
    {
        this.ratios = ratios;
        mixtures = new double[ratios.Length];
        onsets = new Onset[ratios.Length];
        Array.Fill(mixtures, double.NegativeInfinity);
    }

    /// <summary>Logarithm of the e-value now.</summary>
    public double LogEvidence { get; private set; }

    /// <summary>
    /// Both arms' counts since the defect seems to have begun: since the odds ratio that explains the data best was last
    /// no better than none (Page 1954, "Continuous inspection schemes"). What came before would only dilute the estimate.
    /// </summary>
    public Onset SinceOnset { get; private set; }

    /// <summary>Takes an interval, with the realised share of units as the candidate's weight.</summary>
    public void Observe(ArmCount candidate, ArmCount stable)
    {
        var (c, s) = (Math.Max(candidate.Units, candidate.Events), Math.Max(stable.Units, stable.Events));
        Observe(candidate, stable, c + s == 0 ? 0 : (double)c / (c + s));
    }

    /// <param name="weight">Chance, 0–1, that an event's unit is the candidate's when the arms are alike; anything above it is safe too.</param>
    public void Observe(ArmCount candidate, ArmCount stable, double weight)
    {
        var staked = Stake();
        var total = double.NegativeInfinity;
        var best = -1;
        for (var index = 0; index < ratios.Length; index++)
        {
            var gain = LogRatio(ratios[index].Ratio, candidate.Events, (double)candidate.Events + stable.Events, weight);
            mixtures[index] = gain + Logarithms.Add(mixtures[index], Math.Log(staked));
            onsets[index] = onsets[index].Next(candidate, stable, gain);
            var weighted = mixtures[index] + Math.Log(ratios[index].Stake);
            best = best < 0 || weighted > mixtures[best] + Math.Log(ratios[best].Stake) ? index : best;
            total = Logarithms.Add(total, weighted);
        }

        events += (double)candidate.Events + stable.Events;
        LogEvidence = Logarithms.Add(total, Math.Log(unstaked));
        SinceOnset = onsets[best];
    }

    /// <summary>Logarithm of the evidence that a step would end with which saw these counts at one go.</summary>
    public static double Foreseen(ImmutableArray<OddsRatio> ratios, double candidateEvents, double events, double weight)
    {
        var best = double.NegativeInfinity;
        foreach (var (ratio, stake) in ratios)
        {
            best = Math.Max(best, Math.Log(stake) + LogRatio(ratio, candidateEvents, events, weight));
        }

        return best + Math.Log(StartPrior.AtBegin);
    }

    /// <summary>What is staked on a defect that begins with the coming interval; depends only on what came before it.</summary>
    private double Stake()
    {
        var left = StartPrior.Unstaked(events);
        var staked = unstaked - left;
        unstaked = left;
        return staked;
    }

    private static double LogRatio(double ratio, double candidateEvents, double events, double weight) =>
        (candidateEvents * Math.Log(ratio)) - (events * Logarithms.LogOnePlus(weight * (ratio - 1)));
}
