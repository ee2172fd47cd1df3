using MlDeploy.Local.Applications;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Dashboard;

/// <summary>One application as the dashboard shows it: what `status`, `metrics` and `history` tell, the last minute, and the deployment under way.</summary>
internal sealed class ApplicationDashboard(Application application, ApplicationPaths paths, ServingSet serving, HostEnvironment environment)
{
    private readonly RecentTraffic recent = new(environment.Clock);
    private readonly LiveInputs inputs = new(serving.Capture, environment.Clock);
    private readonly RecentDeployments deployments = new(paths, environment.Clock);

    /// <summary>Called every <see cref="RecentTraffic.Every"/>.</summary>
    public void Sample() => recent.Keep([.. Running().Select(arm => arm.Version)]);

    /// <summary>Called by one at a time.</summary>
    /// <param name="deployment">Null when none is under way.</param>
    public ApplicationView Read(LocalDeployment? deployment)
    {
        var running = Running().ToArray();
        inputs.Forget(running.Select(arm => arm.Version.Id));
        return new ApplicationView(
            application.Name,
            application.Status(),
            [.. running.Select(arm => Arm(arm.Version, arm.Role))],
            deployment is null ? null : RolloutProgress.Of(deployment.Opened, deployment.State, deployment.LastJudged, environment.Clock.GetUtcNow()),
            [.. running.Select(arm => inputs.Read(arm.Version, arm.Role)).OfType<InputsView>()],
            deployments.Read(deployment));
    }

    private ArmView Arm(ServedVersion version, string role)
    {
        var process = version.Supervisor.Read();
        return new ArmView(
            version.Id, role, Math.Max(0, (environment.Clock.GetUtcNow() - version.Version.Record.CreatedAt).TotalSeconds), process.Instances, process.Healthy,
            MetricsReader.Read(version, role, environment.Clock), recent.Read(version));
    }

    private IEnumerable<(ServedVersion Version, string Role)> Running() =>
        new[] { (Version: serving.Stable, Role: "stable"), (Version: serving.Candidate, Role: "candidate") }.Where(arm => arm.Version is not null).Select(arm => (arm.Version!, arm.Role));
}
