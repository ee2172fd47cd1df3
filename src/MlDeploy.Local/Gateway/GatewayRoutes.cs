using System.Collections.Immutable;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Local.Gateway;

/// <summary>Where an arm's requests go: its instances that may get traffic now.</summary>
/// <param name="Destinations"><c>http://127.0.0.1:port</c>; with none, the arm's requests are answered 503 and count as its failures.</param>
public sealed record ArmRoute(GatewayArm Arm, ImmutableArray<Uri> Destinations);

/// <summary>Everything the gateway needs to place a request. Replaced as a whole, never changed.</summary>
public sealed record GatewayRoutes
{
    /// <summary>Nothing to serve: every request is answered 503.</summary>
    public static GatewayRoutes None { get; } = new();

    public ArmRoute? Stable { get; init; }
    public ArmRoute? Candidate { get; init; }

    /// <summary>
    /// Share of requests (of users, under stickiness) for the candidate, 0–1, in steps of 0.0001;
    /// a smaller share above 0 or below 1 is rounded inwards, so that "some" never becomes "none".
    /// </summary>
    public double Weight { get; init; }

    public Stickiness? Stickiness { get; init; }

    /// <summary>
    /// Which users go to the candidate first, under stickiness. Constant during a rollout, also over a restart of the host;
    /// different for each rollout, so that not the same users meet every new version.
    /// </summary>
    public ulong StickinessSalt { get; init; }
}

/// <summary>What is in force now, read from the snapshot that requests use (not from what was asked for).</summary>
/// <param name="Stable">Label of the stable arm; null when there is none.</param>
/// <param name="Candidate">Label of the candidate; null when there is none.</param>
/// <param name="Weight">Share of the candidate after rounding, 0–1.</param>
/// <param name="StableRequests">Requests sent to stable since these routes came into force.</param>
/// <param name="CandidateRequests">Requests sent to the candidate since these routes came into force.</param>
public sealed record GatewayReading(string? Stable, string? Candidate, double Weight, long StableRequests, long CandidateRequests)
{
    /// <summary>Share of requests the candidate really got, 0–1; null before the first request.</summary>
    public double? RealisedWeight =>
        StableRequests + CandidateRequests is > 0 and var all ? (double)CandidateRequests / all : null;
}

/// <summary>All requests since the gateway started, over all arms, with those no arm could take.</summary>
public sealed record GatewayTotals(long Requests, long Failures)
{
    /// <summary>Successes over all requests, 0–1, never weighted; null without requests.</summary>
    public double? Availability => Requests == 0 ? null : (double)(Requests - Failures) / Requests;
}
