namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>How CodeDeploy behaves where its documentation leaves it open. A client must bear all of it.</summary>
internal sealed record DeploymentManners
{
    /// <summary>
    /// Twin seconds between what is told and what is so: from Ready to a wait that can be ended, from the end of that wait to the
    /// weights, from the shift to the second wait, from a stop to the id of the rollback.
    /// </summary>
    public double LateSeconds { get; init; }

    /// <summary>Leaves out what the API's model does not require: the overview, and why a deployment was stopped.</summary>
    public bool IsTerse { get; init; }

    /// <summary>Lists the replacement's target group first in a listener's action.</summary>
    public bool ListsReplacementFirst { get; init; }

    public TimeSpan Late => TimeSpan.FromSeconds(LateSeconds);
}
