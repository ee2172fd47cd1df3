using System.Collections.Immutable;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Aws.Deploying.Watching;

/// <summary>A deployment that is under way: what CodeDeploy, the listener and its runner's journal tell of it.</summary>
/// <param name="Status">CodeDeploy's word: Created, InProgress, Ready, …</param>
/// <param name="Phase">As on the local target: starting, testing, shifting, judging, baking, rolling back, …; from CodeDeploy alone where no runner tells.</param>
/// <param name="Strategy">`canary: 40 % for 5 min`; null when CodeDeploy does not tell.</param>
/// <param name="Candidate">The version it brings: with <paramref name="Undoes"/>, the one it brings back.</param>
/// <param name="Stable">The version that it takes the place of; null when nothing tells.</param>
/// <param name="Weight">The share of production traffic at <paramref name="Candidate"/>, 0–1, read from the listener.</param>
/// <param name="Step">`step 1 of 2` or `bake`; null when no runner tells.</param>
/// <param name="Judged">Whether a runner's heartbeats arrive.</param>
/// <param name="LastHeartbeatSeconds">Its age; null without any in ten minutes.</param>
/// <param name="Undoes">With a rollback, the deployment it undoes.</param>
/// <param name="Gates">What each gate last said, about a minute old while it is judged.</param>
/// <param name="Console">Its page in the AWS console.</param>
public sealed record DeploymentStatus(
    string Deployment, string Status, string Phase, string? Strategy, string Candidate, string? Stable, double Weight, string? Step, DateTimeOffset? StartedAt,
    string? Holder, string? RunUrl, bool Judged, double? LastHeartbeatSeconds, string? Undoes, string? Reason, ImmutableArray<Judgment> Gates, DateTimeOffset? GatesAt, string Console);
