using System.Globalization;

namespace MlDeploy.Bench.Gateway;

/// <summary>
/// The gateway that looks at every prediction beside the same gateway that looks at none, and one whose parsing thread is stalled on
/// purpose: same backend, same load, alternating rounds; ratios and differences are taken within a round.
/// </summary>
internal static class CaptureComparison
{
    private const string Off = "capture off";
    private const string On = "capture on";
    private const string Stalled = "capture stalled";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (rounds, seconds, rate) = (arguments.Number("--rounds", 7), arguments.Number("--seconds", 5), arguments.Number("--rate", 2_000));
        await using var backend = await Contestant.ServeAsync("direct", "serve-backend", Contestant.FreePort());
        await using var off = await ServeAsync(Off);
        await using var on = await ServeAsync(On, "--capture", "on");
        await using var stalled = await ServeAsync(Stalled, "--capture", "stalled");
        Contestant[] contestants = [off, on, stalled];
        foreach (var contestant in contestants.Concat(contestants))
        {
            await LoadProcess.RunAsync(contestant.Port, 0, 3, orders: true);
            await LoadProcess.RunAsync(contestant.Port, rate, 3, orders: true);
        }

        var measured = new List<Dictionary<string, Round>>();
        for (var round = 0; round < rounds; round++)
        {
            Console.Error.WriteLine($"round {round + 1} of {rounds}");
            var all = new Dictionary<string, Round>();
            foreach (var contestant in round % 2 == 0 ? contestants : contestants.Reverse())
            {
                all[contestant.Name] = await MeasureAsync(contestant, rate, seconds);
            }

            measured.Add(all);
        }

        return Report(measured, rate, arguments.Has("--assert"));

        Task<Contestant> ServeAsync(string name, params string[] more) =>
            Contestant.ServeAsync(name, "serve-gateway", Contestant.FreePort(), Serving.AsAHost, [.. more, "--backend", $"{backend.Port}"]);
    }

    private static async Task<Round> MeasureAsync(Contestant contestant, int rate, int seconds)
    {
        var (before, cpu) = (await CountsAsync(contestant), contestant.Cpu);
        var load = await LoadProcess.RunAsync(contestant.Port, rate, seconds, orders: true);
        // The parsing thread looks twenty times a second: what it has not seen then, it never will.
        await Task.Delay(TimeSpan.FromSeconds(1));
        var (after, used) = (await CountsAsync(contestant), (contestant.Cpu - cpu).TotalMicroseconds / load.Sent);
        var full = await LoadProcess.RunAsync(contestant.Port, 0, Math.Max(2, seconds / 2), orders: true);
        await Task.Delay(TimeSpan.FromSeconds(1));
        return new Round(load, used, full, after.Taken - before.Taken, after.Dropped - before.Dropped, after.Unparsable - before.Unparsable, (await CountsAsync(contestant)).Dropped - after.Dropped);
    }

    private static async Task<(long Taken, long Dropped, long Unparsable)> CountsAsync(Contestant contestant)
    {
        var words = (await contestant.AskAsync()).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (words[0], words[1], words[2]);
    }

    private static int Report(List<Dictionary<string, Round>> rounds, int rate, bool assert)
    {
        Console.WriteLine(Invariant($"\nMedians over {rounds.Count} alternating rounds of 1 KB predictions with 20 features, {rate:N0} requests/s open loop, 32 connections; then as fast as it goes.\n"));
        Console.WriteLine("| gateway | CPU µs/request | p50, ms | p99, ms | of all requests captured | dropped | not understood | req/s at full load | dropped there |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var name in rounds[0].Keys.Order(StringComparer.Ordinal))
        {
            Console.WriteLine(Invariant(
                $"| {name} | {Median(r => r[name].Cpu):F0} | {Median(r => r[name].Load.P50 / 1000):F2} | {Median(r => r[name].Load.P99 / 1000):F2} | {Share(name, one => one.Taken):P2} | {Share(name, one => one.Dropped):P3} | {Share(name, one => one.Unparsable):P3} | {Median(r => Rate(r[name])):N0} | {rounds.Sum(r => r[name].DroppedAtFull) / (double)rounds.Sum(r => r[name].Full.Sent):P2} |"));
        }

        var failed = rounds.Sum(round => round.Values.Sum(one => one.Load.Failed + one.Full.Failed));
        var goals = new List<(string Goal, double Found, double Limit)>
        {
            ("throughput lost by capture, share", 1 - Median(r => Rate(r[On]) / Rate(r[Off])), 0.10),
            ("p99 added by capture, ms", Median(r => (r[On].Load.P99 - r[Off].Load.P99) / 1000), 0.2),
            ("p99 added by a stalled parser, ms", Median(r => (r[Stalled].Load.P99 - r[Off].Load.P99) / 1000), 0.2),
            ("dropped or not understood, share", Share(On, one => one.Dropped + one.Unparsable), 0.001),
            ("neither captured nor counted as dropped, share", 1 - Share(On, one => one.Taken + one.Dropped + one.Unparsable), 0),
            ("not counted as dropped by a stalled parser, share", Math.Abs(1 - Share(Stalled, one => one.Dropped)), 0),
            ("requests that failed", failed, 0),
        };
        Console.WriteLine();
        foreach (var (goal, found, limit) in goals)
        {
            Console.WriteLine(Invariant($"{(found <= limit ? "met   " : "MISSED")} {goal}: {found:0.####}, at most {limit:0.####}"));
        }

        return assert && goals.Exists(goal => goal.Found > goal.Limit) ? 1 : 0;

        double Share(string name, Func<Round, long> of) => rounds.Sum(r => of(r[name])) / (double)rounds.Sum(r => r[name].Load.Sent);

        double Median(Func<Dictionary<string, Round>, double> of)
        {
            var sorted = rounds.Select(of).Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    private static double Rate(Round round) => round.Full.Sent / round.Full.Seconds;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Round(LoadSummary Load, double Cpu, LoadSummary Full, long Taken, long Dropped, long Unparsable, long DroppedAtFull);
}
