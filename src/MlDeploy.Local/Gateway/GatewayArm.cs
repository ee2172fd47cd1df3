using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Primitives;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Gateway.Recording;
using MlDeploy.Local.Gateway.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Local.Gateway;

/// <summary>
/// One version as the gateway sees it, from its first request to its drain: what it is called, how long it may think,
/// what was seen of it. The same arm goes on when the version is promoted from candidate to stable.
/// </summary>
public sealed class GatewayArm
{
    private readonly ConcurrentDictionary<string, Destination> destinations = new(StringComparer.Ordinal);
    private long forgotten;

    /// <param name="label">Sent to clients as <c>x-mldeploy-version</c>: visible ASCII.</param>
    /// <param name="requestTimeout">Silence after which a request is answered 504 (or a stream broken off).</param>
    public GatewayArm(string label, TimeSpan requestTimeout)
    {
        if (label.Length == 0 || label.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException($"a version label is visible ASCII without spaces, not '{label}'", nameof(label));
        }

        Label = label;
        VersionHeader = label;
        Http1 = new ForwarderRequestConfig
        {
            ActivityTimeout = requestTimeout,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Http2 = Http1 with { Version = HttpVersion.Version20 };
    }

    public string Label { get; }

    /// <summary>Requests that were answered in the step in which they arrived.</summary>
    public TrafficRecorder Recorder { get; } = new();

    /// <summary>
    /// Requests that arrived before the present step began. Judging leaves them out: they were placed by the weight before,
    /// and those answered slowly would be counted against a split that was not theirs.
    /// </summary>
    public TrafficRecorder Late { get; } = new();

    /// <summary>Everything the arm answered.</summary>
    public TrafficSnapshot Answered => Recorder.Snapshot() + Late.Snapshot();

    /// <summary>Requests, streams and WebSockets under way.</summary>
    public long InFlight => destinations.Values.Sum(destination => destination.InFlight);

    /// <summary>Who looks at its predictions; null for an application without a model. Set before the arm is routed to.</summary>
    internal ArmCapture? Capture { get; init; }

    internal StringValues VersionHeader { get; }

    internal ForwarderRequestConfig Http1 { get; }

    internal ForwarderRequestConfig Http2 { get; }

    /// <summary>Requests ever sent to this arm.</summary>
    internal long Admitted => destinations.Values.Sum(destination => destination.Admitted) + forgotten;

    /// <summary>One object per address for as long as it has requests, so that its count survives a change of routes.</summary>
    internal ImmutableArray<Destination> Resolve(ImmutableArray<Uri> addresses) =>
        [.. addresses.Select(address => destinations.GetOrAdd(Destination.PrefixOf(address), static prefix => new Destination(prefix)))];

    /// <summary>Forgets addresses that are no longer routed to and have nothing under way.</summary>
    internal void Prune(ImmutableArray<Destination> routed)
    {
        foreach (var (prefix, destination) in destinations)
        {
            if (!routed.Contains(destination) && destination.InFlight == 0 && destinations.TryRemove(prefix, out _))
            {
                Interlocked.Add(ref forgotten, destination.Admitted);
            }
        }
    }

    /// <summary>Requests under way at one instance.</summary>
    internal long InFlightAt(Uri address) =>
        destinations.TryGetValue(Destination.PrefixOf(address), out var destination) ? destination.InFlight : 0;

    internal Task WhenIdle() => Task.WhenAll(destinations.Values.Select(destination => destination.WhenIdle()));

    internal Task WhenIdle(Uri address) =>
        destinations.TryGetValue(Destination.PrefixOf(address), out var destination) ? destination.WhenIdle() : Task.CompletedTask;
}
