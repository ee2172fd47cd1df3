namespace MlDeploy.Aws.Templates;

/// <summary>The stacks of one application, in the order they are created.</summary>
public enum StackKind
{
    /// <summary>Where images are kept.</summary>
    Registry,

    /// <summary>What serves.</summary>
    Application,

    /// <summary>Where the model is trained; only when the manifest has <c>training</c>.</summary>
    Training,
}

/// <summary>What stacks and their template files are called.</summary>
public static class StackNames
{
    /// <summary>`registry`, as in `templates/aws/registry.yaml` and `targets.aws.template.registry`.</summary>
    public static string Word(StackKind kind) => kind switch
    {
        StackKind.Registry => "registry",
        StackKind.Application => "application",
        StackKind.Training => "training",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>`mldeploy-fraud-scoring-application`</summary>
    public static string Of(string application, StackKind kind) => $"mldeploy-{application}-{Word(kind)}";
}
