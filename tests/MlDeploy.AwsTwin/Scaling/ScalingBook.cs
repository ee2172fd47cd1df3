namespace MlDeploy.AwsTwin.Scaling;

/// <summary>Targets, policies, schedules and what was done by them. Whoever reads or changes it holds <see cref="Gate"/>.</summary>
internal sealed class ScalingBook
{
    public Lock Gate { get; } = new();

    public Dictionary<ScalableResource, ScalableTarget> Targets { get; } = [];

    public List<ScalingPolicy> Policies { get; } = [];

    public List<ScheduledAction> Schedules { get; } = [];

    /// <summary>Newest first.</summary>
    public List<ScalingActivity> Activities { get; } = [];

    /// <summary>When a resource was last scaled out, and in.</summary>
    public Dictionary<ScalableResource, DateTimeOffset> LastOut { get; } = [];

    public Dictionary<ScalableResource, DateTimeOffset> LastIn { get; } = [];
}
