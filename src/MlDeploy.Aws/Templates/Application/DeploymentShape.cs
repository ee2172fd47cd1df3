using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>How CodeDeploy is to move traffic: its deployment configuration.</summary>
/// <param name="Routing"><c>TimeBasedCanary</c>, <c>TimeBasedLinear</c> or <c>AllAtOnce</c>.</param>
/// <param name="Percent">Whole percent, 1 to 99, of a canary's step or of each increment; 0 when all at once.</param>
/// <param name="Minutes">How long that is held; 0 when all at once.</param>
public sealed record DeploymentShape(string Routing, int Percent, int Minutes)
{
    private const string BuiltIn = "CodeDeployDefault.ECSAllAtOnce";

    public static DeploymentShape Of(RolloutSettings rollout) => rollout.Strategy switch
    {
        Strategy.Canary or Strategy.Linear when rollout.Steps is [var first, ..] => new DeploymentShape(
            rollout.Strategy == Strategy.Canary ? "TimeBasedCanary" : "TimeBasedLinear",
            (int)Math.Round(first.Weight * 100),
            (int)Math.Ceiling(first.For.TotalMinutes)),
        _ => new DeploymentShape("AllAtOnce", 0, 0),
    };

    /// <summary>`fraud-scoring-canary-10pct-5m`: a configuration cannot be changed, so another shape must have another name.</summary>
    public string ConfigName(string application) => Routing switch
    {
        "TimeBasedCanary" => $"{application}-canary-{Percent}pct-{Minutes}m",
        "TimeBasedLinear" => $"{application}-linear-{Percent}pct-{Minutes}m",
        _ => BuiltIn,
    };
}
