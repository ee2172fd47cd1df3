namespace MlDeploy.Core.Analysis.Gates;

/// <summary>What a gate needs to know of the step it judges.</summary>
/// <param name="Absolute">False-alarm chance of an absolute limit in this step.</param>
/// <param name="Model">False-alarm chance of a model gate's limit in this step, over all its features and slices.</param>
/// <param name="Comparing">False-alarm chance of a comparing limit in this step.</param>
/// <param name="Comparable">False where stable has no traffic by construction.</param>
/// <param name="MinimumUnits">Units at the candidate without which nothing passes.</param>
/// <param name="UserUnits">Units are users.</param>
/// <param name="Explains">False to say only what a gate decides, without the numbers that a reader sees.</param>
internal sealed record StepContext(double Absolute, double Model, double Comparing, bool Comparable, long MinimumUnits, bool UserUnits, bool Explains = true)
{
    /// <summary>`requests` or `users`.</summary>
    public string Units => UserUnits ? "users" : "requests";
}
