using MlDeploy.Core.Analysis.Rehearsal;
using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Analysis.Simulation;

/// <summary>A rollout whose requests have latencies, counted by real recorders' histograms and measured by the real meter: 5 % of 50 req/s, 30 minutes, a look every 10 s.</summary>
/// <param name="Candidate">Seconds a request takes at the candidate, from what it would take at stable, the second it arrives in, and chance.</param>
internal sealed record LatencyScenario(string Name, Func<double, double, Random, double> Candidate)
{
    private const int Looks = 180;
    private const double LookSeconds = 10;
    private const double RequestsPerSecond = 50;
    private const double Weight = 0.05;
    private const double WarmupSeconds = 30;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gate[] Gates =
    [
        new() { Id = "http.errors", Metric = "http.errors", Max = 0.05, MaxIncrease = 0.005 },
        new() { Id = "latency.p99", Metric = "latency.p99", Max = 2, MaxRatio = 1.25 },
    ];

    /// <summary>A request without an answer for this long is a failure.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <returns>Minutes to the rollback; infinite without one.</returns>
    public double Run(int seed)
    {
        var random = new Random(seed);
        var judge = new Judge(new JudgingPlan([.. Gates], 0.99, 2, 200, UserUnits: false, ComparableSteps: 1));
        judge.BeginStep(0, comparable: true);
        var meter = new ServiceMeter([.. Gates], new ResourceSettings(), userUnits: false);
        var (candidate, stable) = (new SimulatedArm(Looks), new SimulatedArm(Looks));
        meter.BeginStep(new TargetReading(Start, candidate.Read(-1), stable.Read(-1)), warm: false);
        for (var look = 0; look < Looks; look++)
        {
            Arrive(random, look, candidate, stable);
            var ended = (look + 1) * LookSeconds;
            var reading = new TargetReading(Start.AddSeconds(ended), candidate.Read(look), stable.Read(look));
            if (judge.Look(meter.Measure(reading, warm: ended >= WarmupSeconds, judge)).Any(judgment => judgment.Kind == JudgmentKind.Fail))
            {
                return ended / 60;
            }
        }

        return double.PositiveInfinity;
    }

    private void Arrive(Random random, int look, SimulatedArm candidate, SimulatedArm stable)
    {
        var requests = random.Poisson(RequestsPerSecond * LookSeconds);
        for (var request = 0; request < requests; request++)
        {
            var second = (look + random.NextDouble()) * LookSeconds;
            var seconds = 0.05 * Math.Exp(0.5 * random.Normal());
            var isCandidate = random.NextDouble() < Weight;
            seconds = isCandidate ? Candidate(seconds, second, random) : seconds;
            var failed = seconds >= TimeoutSeconds;
            seconds = Math.Min(seconds, TimeoutSeconds);
            (isCandidate ? candidate : stable).Add((int)((second + seconds) / LookSeconds), seconds, failed);
        }
    }

    /// <summary>A recorder counts a request when it is answered, which may be in a later look than it came in.</summary>
    private sealed class SimulatedArm(int looks)
    {
        private readonly long[] counts = new long[LatencyScale.Size];
        private readonly List<(double Seconds, bool Failed)>[] answered = [.. Enumerable.Range(0, looks).Select(_ => new List<(double, bool)>())];
        private long requests;
        private long failures;

        public void Add(int look, double seconds, bool failed)
        {
            if (look < answered.Length)
            {
                answered[look].Add((seconds, failed));
            }
        }

        public ArmReading Read(int look)
        {
            foreach (var (seconds, failed) in look < 0 ? [] : answered[look])
            {
                counts[LatencyScale.BucketOf((long)(seconds * 1e6))]++;
                requests++;
                failures += failed ? 1 : 0;
            }

            var process = new ProcessReading(TimeSpan.Zero, 1 << 26, 0, 1, 1, Start);
            return new ArmReading(requests, failures, new LatencyHistogram(ImmutableArray.Create(counts)), null, process);
        }
    }
}
