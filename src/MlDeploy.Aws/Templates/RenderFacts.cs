using System.Collections.Immutable;

namespace MlDeploy.Aws.Templates;

/// <summary>
/// What the templates depend on beside the manifest. Nothing here is needed: what is not known is left to CloudFormation
/// (<c>AWS::Region</c>) or is as at a first creation.
/// </summary>
public sealed record RenderFacts
{
    /// <summary>For a render without credentials.</summary>
    public static RenderFacts None { get; } = new();

    public string? Region { get; init; }

    /// <summary>Twelve digits.</summary>
    public string? Account { get; init; }

    /// <summary><c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</summary>
    public string? Partition { get; init; }

    /// <summary>The target group that serves now: the listeners are rendered with it, so that an update moves no traffic. Null before the first creation.</summary>
    public LiveTargetGroup? LiveTargetGroup { get; init; }

    /// <summary>The first tasks' image by digest; null for <c>application.image</c> as written.</summary>
    public string? Image { get; init; }

    /// <summary>The texts of <c>targets.aws.template</c>'s files.</summary>
    public ImmutableDictionary<StackKind, TemplateFile> CustomTemplates { get; init; } = ImmutableDictionary<StackKind, TemplateFile>.Empty;
}

/// <summary>Which of the two target groups serves.</summary>
public enum LiveTargetGroup
{
    Blue,
    Green,
}

/// <param name="Name">As problems name it.</param>
/// <param name="Text">CloudFormation YAML or JSON; untrusted.</param>
public sealed record TemplateFile(string Name, string Text);
