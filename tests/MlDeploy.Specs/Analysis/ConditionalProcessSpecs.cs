using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.Gates;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Specs.Analysis;

public sealed class ConditionalProcessSpecs
{
    [Fact]
    public void One_interval_is_worth_at_most_1_on_average_when_the_arms_are_alike_whatever_its_split()
    {
        foreach (var candidate in new[] { 0, 1, 2, 5, 30 })
        {
            foreach (var stable in new[] { 0, 1, 7, 40 })
            {
                for (var events = 0; events <= Math.Min(12, candidate + stable); events++)
                {
                    var mean = Enumerable.Range(0, events + 1).Sum(atCandidate =>
                        Hypergeometric(atCandidate, events, candidate, stable) * Math.Exp(After((new(candidate, atCandidate), new(stable, events - atCandidate)))));
                    Assert.InRange(mean, 0, 1 + 1e-12);
                }
            }
        }
    }

    [Fact]
    public void Its_mean_stays_at_most_1_over_odd_splits_and_rates_that_jump_together()
    {
        var values = Enumerable.Range(0, 20_000).Select(run => Math.Exp(After(AlikeArms(new Random(run), 30).ToArray()))).ToArray();
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean))) / values.Length;
        Assert.InRange(mean, 0, 1 + (3 * error));
    }

    [Fact]
    public void It_reaches_20_at_any_time_in_at_most_one_of_20_runs_of_arms_that_are_alike()
    {
        var reached = Enumerable.Range(0, 4000).Count(run =>
        {
            var process = new ConditionalProcess();
            return AlikeArms(new Random(run), 200).Any(look =>
            {
                process.Observe(look.Candidate, look.Stable);
                return process.LogEvidence >= Math.Log(20);
            });
        });
        Assert.InRange(reached, 0, 200);
    }

    [Fact]
    public void The_running_mixture_is_the_sum_over_all_starts()
    {
        var looks = AlikeArms(new Random(7), 40).ToArray();
        Assert.Equal(SumOverStarts(looks), After(looks), 9);
    }

    [Fact]
    public void More_events_at_the_candidate_are_more_evidence_and_more_at_stable_are_less()
    {
        for (var events = 0; events < 30; events++)
        {
            Assert.True(After((new(100, events + 1), new(900, 10))) > After((new(100, events), new(900, 10))));
            Assert.True(After((new(100, 10), new(900, events + 1))) < After((new(100, 10), new(900, events))));
        }
    }

    [Fact]
    public void Intervals_without_events_change_nothing()
    {
        var process = new ConditionalProcess();
        process.Observe(new(50, 3), new(900, 9));
        var before = process.LogEvidence;
        process.Observe(new(50, 0), new(900, 0));
        process.Observe(default, default);
        Assert.Equal(before, process.LogEvidence, 12);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 0, 1_000_000_000, 1_000_000_000)]
    [InlineData(1_000_000_000, 1_000_000_000, 0, 0)]
    [InlineData(1_000_000_000, 1_000_000_000, 1_000_000_000, 0)]
    [InlineData(1, 1, 1_000_000_000, 1)]
    [InlineData(1_000_000_000, 0, 1_000_000_000, 1_000_000_000)]
    [InlineData(0, 1, 0, 0)]
    public void Extreme_counts_give_a_finite_logarithm(long units, long events, long stableUnits, long stableEvents)
    {
        var process = new ConditionalProcess();
        for (var look = 0; look < 50; look++)
        {
            process.Observe(new(units, events), new(stableUnits, stableEvents));
            Assert.True(double.IsFinite(process.LogEvidence));
        }
    }

    [Fact]
    public void The_onset_leaves_out_what_came_before_the_defect()
    {
        var process = new ConditionalProcess();
        for (var look = 0; look < 200; look++)
        {
            process.Observe(new(500, look % 2), new(500, (look + 1) % 2));
        }

        for (var look = 0; look < 5; look++)
        {
            process.Observe(new(500, 25), new(500, 1));
        }

        Assert.InRange(process.SinceOnset.Candidate.Units, 2500, 3500);
        Assert.InRange(process.SinceOnset.Increase, 0.03, 0.05);
    }

    [Fact]
    public void Users_who_fail_later_than_they_came_raise_no_more_alarms_than_said()
    {
        var alarms = Enumerable.Range(0, 2000).Count(run =>
        {
            var test = new ComparingTest(0.05, users: true);
            return AlikeUsers(new Random(run)).Any(look =>
            {
                test.Observe(look.Candidate, look.Stable);
                return test.HasEvidence;
            });
        });
        Assert.InRange(alarms, 0, 100);
    }

    private static double After(params (ArmCount Candidate, ArmCount Stable)[] looks)
    {
        var process = new ConditionalProcess();
        foreach (var (candidate, stable) in looks)
        {
            process.Observe(candidate, stable);
        }

        return process.LogEvidence;
    }

    private static double SumOverStarts((ArmCount Candidate, ArmCount Stable)[] looks)
    {
        var (sum, unstaked, events) = (0.0, 1.0, 0L);
        for (var start = 0; start < looks.Length; start++)
        {
            var staked = unstaked - StartPrior.Unstaked(events);
            unstaked -= staked;
            events += looks[start].Candidate.Events + looks[start].Stable.Events;
            sum += staked * OddsRatioPrior.Default.Sum(ratio => ratio.Stake * looks[start..].Aggregate(1.0, (product, look) =>
            {
                var weight = look.Candidate.Units / (double)(look.Candidate.Units + look.Stable.Units);
                return product * Math.Exp(ratio.LogLikelihoodRatio(look.Candidate.Events, look.Candidate.Events + look.Stable.Events, ratio.Cost(weight)));
            }));
        }

        return Math.Log(sum + unstaked);
    }

    /// <summary>The weight moves between 2 and 90 %, the traffic between none and 60 requests, the common rate between 0 and 50 %.</summary>
    private static IEnumerable<(ArmCount Candidate, ArmCount Stable)> AlikeArms(Random random, int looks)
    {
        for (var look = 0; look < looks; look++)
        {
            var rate = look % 10 < 7 ? 0.02 : random.NextDouble() / 2;
            var requests = 1 + random.Next(60);
            var atCandidate = random.Binomial(requests, look < looks / 2 ? 0.02 : 0.9 * random.NextDouble());
            var atStable = requests - atCandidate;
            yield return (new(atCandidate, random.Binomial(atCandidate, rate)), new(atStable, random.Binomial(atStable, rate)));
        }
    }

    /// <summary>Twenty new users a look, a tenth of them at the candidate; one in ten fails, half of these at once, the others up to thirty looks later.</summary>
    private static IEnumerable<(ArmCount Candidate, ArmCount Stable)> AlikeUsers(Random random)
    {
        var failing = new long[200, 2];
        for (var look = 0; look < 100; look++)
        {
            var users = new long[2];
            for (var user = 0; user < 20; user++)
            {
                var arm = random.NextDouble() < 0.1 ? 0 : 1;
                users[arm]++;
                if (random.NextDouble() < 0.1)
                {
                    failing[look + (random.NextDouble() < 0.5 ? 0 : random.Next(30)), arm]++;
                }
            }

            yield return (new(users[0], failing[look, 0]), new(users[1], failing[look, 1]));
        }
    }

    private static double Hypergeometric(int atCandidate, int events, int candidate, int stable) =>
        atCandidate > candidate || events - atCandidate > stable
            ? 0
            : Choose(candidate, atCandidate) * Choose(stable, events - atCandidate) / Choose(candidate + stable, events);

    private static double Choose(int n, int k) =>
        Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * (n - k + i) / i);
}
