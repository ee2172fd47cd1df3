using System.Diagnostics;
using System.Text;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using static System.FormattableString;

namespace MlDeploy.Bench.Journal;

/// <summary>
/// What a rollout pays for its journal: a durable transition and a look, each beside the bare write of the same bytes
/// (with the same flush) into another file, alternating. The difference is ours; the rest is the disk's.
/// </summary>
internal static class JournalCost
{
    private const int Warmup = 50;

    public static int Run(Arguments arguments)
    {
        var entries = arguments.Number("--entries", 1000);
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Text("--folder") ?? Path.GetTempPath(), "mldeploy-journal-cost")).FullName;
        try
        {
            using var writer = JournalWriter.Open(Path.Combine(folder, "journal.jsonl"), TimeProvider.System);
            using var bare = new FileStream(Path.Combine(folder, "bare"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            Console.WriteLine("| entry | bytes | journal, median µs | p99 | bare write, median µs | p99 | ratio |");
            Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
            Measure("transition, durable", Transition, durable: true);
            Measure("look with judgments", (seq, at) => Look(seq, at, told: true), durable: false);
            Measure("look without", (seq, at) => Look(seq, at, told: false), durable: false);
            return 0;

            void Measure(string name, Func<long, DateTimeOffset, JournalEntry> make, bool durable)
            {
                var (journal, reference) = (new List<double>(entries), new List<double>(entries));
                var bytes = Encoding.UTF8.GetBytes(JournalFormat.Write(make(12345, DateTimeOffset.UnixEpoch)) + "\n");
                for (var i = 0; i < entries + Warmup; i++)
                {
                    journal.Add(Timed(() => writer.Append(make, durable)));
                    reference.Add(Timed(() =>
                    {
                        bare.Write(bytes);
                        bare.Flush(flushToDisk: durable);
                    }));
                }

                var (ours, theirs) = (Sorted(journal), Sorted(reference));
                Console.WriteLine(Invariant($"| {name} | {bytes.Length} | {At(ours, 0.5):F1} | {At(ours, 0.99):F1} | {At(theirs, 0.5):F1} | {At(theirs, 0.99):F1} | {At(ours, 0.5) / At(theirs, 0.5):F2} |"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TransitionEntry Transition(long seq, DateTimeOffset at) =>
        new(seq, at, new WeightApplied(0.05), new RolloutState(Phase.Judging, 0, 0.05, at, at));

    private static LookEntry Look(long seq, DateTimeOffset at, bool told) => new(
        seq, at, 1, TimeSpan.FromSeconds(seq % 600),
        [new CountMeasurement("http.errors", new(103, 1), new(1900, 12)), new QuantileMeasurement("latency.p99", new(103, 2), new(1900, 20), new(103, 1), new(1900, 19), new(0.182, 0.12, 0.31), new(0.175, 0.16, 0.19)), new LevelMeasurement("restarts", 0)],
        told ? [Judged("http.errors"), Judged("latency.p99"), Judged("restarts")] : null);

    private static Judgment Judged(string gate) => new()
    {
        Gate = gate,
        Kind = JudgmentKind.Pass,
        Limit = "at most 5 %, at most 0.5 % above stable",
        Value = 0.0097,
        Low = 0.001,
        High = 0.03,
        Stable = 0.0063,
        N = 2341,
        SmallestCaught = 0.012,
        Evidence = 0.7,
        EvidenceNeeded = 600,
    };

    private static double Timed(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }

    private static double[] Sorted(List<double> times) => [.. times.Skip(Warmup).Order()];

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
