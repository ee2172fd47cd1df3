using System.Collections.Immutable;
using MlDeploy.Core.Analysis.Measuring;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Supervision;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>A version that runs: its process and what the gateway sees of it.</summary>
internal sealed class ServedVersion(StoredVersion version, GatewayArm arm)
{
    public StoredVersion Version => version;

    public GatewayArm Arm => arm;

    public string Id => version.Id;

    /// <summary>Set right after construction: the supervisor's first callback needs this object.</summary>
    public Supervisor Supervisor { get; set; } = null!;

    /// <summary>The supervisor's newest state; kept here since it is read while the supervisor reports it.</summary>
    public InstanceState? State { get; set; }

    public bool IsHealthy => State?.Phase == InstancePhase.Healthy;

    public Uri? Url => State?.Port is { } port ? new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri : null;

    /// <summary>Where its requests go: its process, for as long as there is one. A lone sick instance keeps its traffic, since nobody else could take it.</summary>
    public ArmRoute Route => new(arm, Url is { } url ? [url] : ImmutableArray<Uri>.Empty);

    /// <param name="users">Under stickiness: this arm's users in the present step.</param>
    public ArmReading Read(UserReading? users)
    {
        var traffic = arm.Recorder.Snapshot();
        return new ArmReading(traffic.Requests, traffic.Failures, traffic.Latency, users, Supervisor.Read());
    }
}
