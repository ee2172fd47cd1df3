using System.Globalization;

namespace MlDeploy.TestApp;

/// <summary>
/// How the application behaves. Every switch can be given as `--name value` or in the environment as TESTAPP_NAME (dashes as
/// underscores), so that two versions of a manifest can differ in either. Times are in milliseconds.
/// </summary>
public sealed record Options
{
    /// <summary>--version TEXT: what answers name as their version. Default: `v1`.</summary>
    public string Version { get; init; } = "v1";

    /// <summary>--start-delay MS: time before it listens.</summary>
    public int StartDelay { get; init; }

    /// <summary>--exit-at-start CODE: prints a line to standard error and exits with this code before it listens.</summary>
    public int? ExitAtStart { get; init; }

    /// <summary>--never-listen: runs, but opens no port.</summary>
    public bool NeverListen { get; init; }

    /// <summary>--unhealthy-for MS: /health answers 503 for this long after it listens.</summary>
    public int UnhealthyFor { get; init; }

    /// <summary>--unhealthy-after N: /health answers 503 from the N+1st health check on. Default: never.</summary>
    public int UnhealthyAfter { get; init; } = int.MaxValue;

    /// <summary>--hang-health-after N: /health is not answered any more after N checks.</summary>
    public int HangHealthAfter { get; init; } = int.MaxValue;

    /// <summary>--die-after MS: exits with --exit-code this long after it listens.</summary>
    public int? DieAfter { get; init; }

    /// <summary>--die-after-requests N: exits with --exit-code while it answers the N-th request to /predict.</summary>
    public int? DieAfterRequests { get; init; }

    /// <summary>--exit-code CODE: of --die-after and --die-after-requests. Default: 1.</summary>
    public int ExitCode { get; init; } = 1;

    /// <summary>--slow MS: added to every /predict.</summary>
    public int Slow { get; init; }

    /// <summary>--slow-rate SHARE: share of /predict that --slow applies to, evenly spread. Default: 1.</summary>
    public double SlowRate { get; init; } = 1;

    /// <summary>--error-rate SHARE: share of /predict answered 500, evenly spread: 0.25 is every fourth.</summary>
    public double ErrorRate { get; init; }

    /// <summary>--leak BYTES: kept for ever, and touched, with each /predict.</summary>
    public int Leak { get; init; }

    /// <summary>--burn MS: CPU time spent in each /predict.</summary>
    public int Burn { get; init; }

    /// <summary>--spawn-child: starts a child process that sleeps; its pid is logged as `child PID` and answered by /info.</summary>
    public bool SpawnChild { get; init; }

    /// <summary>--spawn-grandchild: the same twice removed, in a session of its own and reparented to init, as a daemon does.</summary>
    public bool SpawnGrandchild { get; init; }

    /// <summary>--ignore-term: SIGTERM is noted in the log and has no effect.</summary>
    public bool IgnoreTerm { get; init; }

    /// <summary>--log-rate N: lines logged per second.</summary>
    public int LogRate { get; init; }

    public static Options Parse(string[] args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith("TESTAPP_", StringComparison.Ordinal))
                given[name["TESTAPP_".Length..].Replace('_', '-').ToLowerInvariant()] = (string?)variable.Value ?? "";
        }

        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new ArgumentException($"not a switch: {args[i]}", nameof(args));
            var isFlag = i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal);
            given[args[i][2..]] = isFlag ? "true" : args[++i];
        }

        var defaults = new Options();
        var options = new Options
        {
            Version = Take("version") ?? defaults.Version,
            StartDelay = Number("start-delay") ?? 0,
            ExitAtStart = Number("exit-at-start"),
            NeverListen = Flag("never-listen"),
            UnhealthyFor = Number("unhealthy-for") ?? 0,
            UnhealthyAfter = Number("unhealthy-after") ?? int.MaxValue,
            HangHealthAfter = Number("hang-health-after") ?? int.MaxValue,
            DieAfter = Number("die-after"),
            DieAfterRequests = Number("die-after-requests"),
            ExitCode = Number("exit-code") ?? defaults.ExitCode,
            Slow = Number("slow") ?? 0,
            SlowRate = Share("slow-rate") ?? 1,
            ErrorRate = Share("error-rate") ?? 0,
            Leak = Number("leak") ?? 0,
            Burn = Number("burn") ?? 0,
            SpawnChild = Flag("spawn-child"),
            SpawnGrandchild = Flag("spawn-grandchild"),
            IgnoreTerm = Flag("ignore-term"),
            LogRate = Number("log-rate") ?? 0,
        };
        return given.Count == 0 ? options : throw new ArgumentException($"unknown switches: {string.Join(", ", given.Keys)}", nameof(args));

        string? Take(string name) => given.Remove(name, out var value) ? value : null;
        int? Number(string name) => Take(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;
        double? Share(string name) => Take(name) is { } value ? double.Parse(value, CultureInfo.InvariantCulture) : null;
        bool Flag(string name) => Take(name) is { } value && bool.Parse(value);
    }
}
