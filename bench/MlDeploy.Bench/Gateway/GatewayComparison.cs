using System.Globalization;

namespace MlDeploy.Bench.Gateway;

/// <summary>
/// The gateway against a bare forwarder, HAProxy and nginx: same backend, same load, in alternating rounds on the same machine,
/// so that what is reported are ratios within a round; the median over the rounds is robust against a busy neighbour.
/// </summary>
internal static class GatewayComparison
{
    private const string Ours = "mldeploy gateway";
    private const string Bare = "bare IHttpForwarder";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var rounds = arguments.Number("--rounds", 5);
        var seconds = arguments.Number("--seconds", 5);
        var rate = arguments.Number("--rate", 2_000);
        var folder = Directory.CreateTempSubdirectory("mldeploy-bench-").FullName;
        var contestants = new List<Contestant>();
        await using var backend = await Contestant.ServeAsync("direct", "serve-backend", Contestant.FreePort());
        try
        {
            contestants.Add(await Contestant.ServeAsync(Ours, "serve-gateway", Contestant.FreePort(), Serving.AsAHost, "--backend", $"{backend.Port}"));
            contestants.Add(await Contestant.ServeAsync(Bare, "serve-bare-forwarder", Contestant.FreePort(), "--backend", $"{backend.Port}"));
            contestants.AddRange(await ForeignProxies.StartAsync(folder, backend.Port));
            var results = await MeasureAsync(backend, contestants, rounds, seconds, rate);
            return Report(results, contestants, rate, arguments.Has("--assert"));
        }
        finally
        {
            foreach (var contestant in contestants)
            {
                await contestant.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Dictionary<string, Round>>> MeasureAsync(
        Contestant backend, List<Contestant> contestants, int rounds, int seconds, int rate)
    {
        // Compiled and settled before anything is counted: tiered compilation needs many calls, and pauses to work in.
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var contestant in contestants)
            {
                await LoadProcess.RunAsync(contestant.Port, 0, 3);
                await LoadProcess.RunAsync(contestant.Port, rate, 3);
            }
        }

        var results = new List<Dictionary<string, Round>>();
        for (var round = 0; round < rounds; round++)
        {
            Console.Error.WriteLine($"round {round + 1} of {rounds}");
            var measured = new Dictionary<string, Round>();
            foreach (var contestant in contestants.Prepend(backend).OrderBy(one => (one.Name.Length + round) * 7 % 5))
            {
                var before = contestant.Cpu;
                var load = await LoadProcess.RunAsync(contestant.Port, rate, seconds);
                var cpu = (contestant.Cpu - before).TotalMicroseconds / load.Sent;
                before = contestant.Cpu;
                var closed = await LoadProcess.RunAsync(contestant.Port, 0, Math.Max(2, seconds / 2));
                var busy = (contestant.Cpu - before).TotalMicroseconds / closed.Sent;
                measured[contestant.Name] = new Round(load, cpu, closed, busy);
            }

            results.Add(measured);
        }

        return results;
    }

    private static int Report(List<Dictionary<string, Round>> rounds, List<Contestant> contestants, int rate, bool assert)
    {
        Console.WriteLine(Invariant($"\nMedians over {rounds.Count} alternating rounds, {rate:N0} requests/s open loop, 32 connections; then as fast as it goes.\n"));
        Console.WriteLine("| through | CPU µs/request | ratio of ours | p50 added, ms | p99 added, ms | req/s at full load | CPU µs/request there | ratio of ours |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var name in contestants.Select(one => one.Name))
        {
            Console.WriteLine(Invariant(
                $"| {name} | {Median(r => r[name].Cpu):F0} | {Median(r => r[Ours].Cpu / r[name].Cpu):F2} | {Median(r => (r[name].Load.P50 - r["direct"].Load.P50) / 1000):F2} | {AddedP99(name):F2} | {Median(r => r[name].Closed.Sent / r[name].Closed.Seconds):N0} | {Median(r => r[name].BusyCpu):F0} | {Median(r => r[Ours].BusyCpu / r[name].BusyCpu):F2} |"));
        }

        Console.WriteLine(Invariant($"\nDirect to the backend: p50 {Median(r => r["direct"].Load.P50 / 1000):F2} ms, p99 {Median(r => r["direct"].Load.P99 / 1000):F2} ms."));
        var failed = rounds.Sum(round => round.Values.Sum(one => one.Load.Failed + one.Closed.Failed));
        if (failed > 0)
        {
            Console.WriteLine(Invariant($"\nFAILED: {failed} requests were not answered 200."));
            return 1;
        }

        var goals = new List<(string Goal, double Found, double Limit)>
        {
            ("CPU per request against the bare forwarder", Median(r => r[Ours].Cpu / r[Bare].Cpu), 1.2),
            ("added p99, ms", AddedP99(Ours), 1.0),
        };
        if (contestants.Exists(one => one.Name == "HAProxy"))
        {
            goals.Add(("CPU per request against HAProxy", Median(r => r[Ours].Cpu / r["HAProxy"].Cpu), 3));
        }

        Console.WriteLine();
        foreach (var (goal, found, limit) in goals)
        {
            Console.WriteLine(Invariant($"{(found <= limit ? "met   " : "MISSED")} {goal}: {found:F2}, at most {limit:F1}"));
        }

        return assert && goals.Exists(goal => goal.Found > goal.Limit) ? 1 : 0;

        double Median(Func<Dictionary<string, Round>, double> of)
        {
            var sorted = rounds.Select(of).Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }

        double AddedP99(string name) => Median(r => (r[name].Load.P99 - r["direct"].Load.P99) / 1000);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Round(LoadSummary Load, double Cpu, LoadSummary Closed, double BusyCpu);
}
