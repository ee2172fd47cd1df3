namespace MlDeploy.Aws.Templates.Checking;

/// <summary>One thing wrong in a rendered template. All of them are told at once.</summary>
/// <param name="LogicalId">The resource; null when the problem is of the whole template.</param>
/// <param name="Path">Within the resource, such as `Properties/ContainerDefinitions/0/Cpu`; empty for the resource itself.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Allowed">What may stand there.</param>
/// <param name="Remedy">What to do, as an imperative sentence.</param>
/// <param name="Rule">cfn-lint's rule (`E3012`); null when it is a check of our own.</param>
public sealed record TemplateProblem(
    StackKind Kind, string? LogicalId, string Path, string Message, string? Found, string? Allowed, string Remedy, string? Rule = null);
