using System.Collections.Immutable;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>One version of an application and how it is rolled out; written as a user's mlapp.yaml.</summary>
internal sealed record GivenApplication
{
    public required string Name { get; init; }

    public required int Port { get; init; }

    public string Version { get; init; } = "v1";

    /// <summary>The program and its arguments; by default the test application, which answers with its version.</summary>
    public ImmutableArray<string>? Command { get; init; }

    /// <summary>Switches of the test application: how this version misbehaves.</summary>
    public ImmutableArray<string> Switches { get; init; } = [];

    /// <summary>Lines under `application`.</summary>
    public string Application { get; init; } = "";

    public string Health { get; init; } = "{ path: /health, interval: 500ms, timeout: 500ms, healthyAfter: 1, unhealthyAfter: 6, startWithin: 60s }";

    /// <summary>Lines under `rollout`.</summary>
    public string Rollout { get; init; } = Rollouts.Canary;

    /// <summary>Lines of the manifest's own.</summary>
    public string Lines { get; init; } = "";

    public GivenApplication Of(string version, params string[] switches) => this with { Version = version, Switches = [.. switches] };

    public string Yaml
    {
        get
        {
            var command = Command ?? [TheTool.TestApplication, "--version", Version, .. Switches];
            return $$"""
                apiVersion: mldeploy/v1
                name: {{Name}}
                version: {{Version}}
                application:
                  command: [{{string.Join(", ", command.Select(part => $"'{part}'"))}}]
                  exclude: [mlapp.yaml]
                  health: {{Health}}
                  resources: { cpu: 1024, memory: 1024 }
                  drain: 5s
                {{Indented(Application)}}
                rollout:
                {{Indented(Rollout)}}
                targets:
                  local: { listen: 127.0.0.1:{{Port}} }
                {{Lines}}

                """;
        }
    }

    private static string Indented(string lines) => string.Join('\n', lines.Split('\n').Where(line => line.Length > 0).Select(line => $"  {line}"));
}

/// <summary>Rollouts at a test's pace.</summary>
internal static class Rollouts
{
    /// <summary>No gate on latency: how fast this machine is must not decide.</summary>
    public const string Gates = """
        warmup: 0s
        minimumRequests: 30
        patience: 20s
        deadline: 2m
        gates:
          - { metric: http.errors, max: 10%, maxIncrease: 1% }
          - { metric: restarts, max: 0 }
        """;

    public const string Canary = $$"""
        strategy: canary
        steps: [ { weight: 25%, for: 2s }, { weight: 50%, for: 2s } ]
        bake: 2s
        {{Gates}}
        """;

    /// <summary>So short that random instants fall into each of its phases.</summary>
    public const string ShortCanary = $$"""
        strategy: canary
        steps: [ { weight: 25%, for: 1s }, { weight: 50%, for: 1s } ]
        bake: 1s
        {{Gates}}
        """;

    /// <summary>Long enough to do something to it meanwhile.</summary>
    public const string LongCanary = $$"""
        strategy: canary
        steps: [ { weight: 25%, for: 60s } ]
        {{Gates}}
        """;

    public const string BlueGreen = $$"""
        strategy: blue-green
        bake: 4s
        {{Gates}}
        """;

    public const string AllAtOnce = $$"""
        strategy: all-at-once
        {{Gates}}
        """;

    /// <summary>A canary whose one step of 30 % cannot get enough requests while it waits.</summary>
    public static string Starved(string onInconclusive) => $$"""
        strategy: canary
        steps: [ { weight: 30%, for: 2s } ]
        warmup: 0s
        minimumRequests: 1000000
        patience: 1s
        onInconclusive: {{onInconclusive}}
        gates: [ { metric: http.errors, max: 10% } ]
        """;

    public static string With(this string rollout, string lines) => rollout + "\n" + lines;

    /// <summary>The same with another list of gates.</summary>
    public static string Judging(this string rollout, params string[] gates) =>
        $"{rollout[..rollout.IndexOf("gates:", StringComparison.Ordinal)]}gates:\n{string.Join('\n', gates.Select(gate => $"  - {gate}"))}";
}
