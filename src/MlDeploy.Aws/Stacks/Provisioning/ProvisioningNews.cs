namespace MlDeploy.Aws.Stacks.Provisioning;

public enum NewsKind
{
    /// <summary>A change of state.</summary>
    State,

    /// <summary>A resource is done, or the stack is.</summary>
    Done,

    /// <summary>Something failed.</summary>
    Failed,

    /// <summary>Somebody should know.</summary>
    Notice,
}

/// <summary>One line of progress.</summary>
/// <param name="At">When AWS says it happened; null: now.</param>
public sealed record ProvisioningNews(NewsKind Kind, string Text, DateTimeOffset? At = null);

/// <summary>Who changes stacks, as others find it in the description of a change set.</summary>
/// <param name="Name">`ada (GitHub Actions)`</param>
/// <param name="RunUrl">The pipeline's page of this run; null on a laptop.</param>
public sealed record StackHolder(string Name, string? RunUrl)
{
    private const string Prefix = "mldeploy: by ";
    private const string Run = ", run ";

    /// <summary>At most the 1,024 characters that a description has.</summary>
    public string Description => (Prefix + Name + (RunUrl is null ? "" : Run + RunUrl)) is { Length: > 1024 } text ? text[..1024] : Prefix + Name + (RunUrl is null ? "" : Run + RunUrl);

    /// <summary>Null for a description that is not ours.</summary>
    public static StackHolder? Read(string? description)
    {
        if (description?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            return null;
        }

        var text = description[Prefix.Length..];
        return text.LastIndexOf(Run, StringComparison.Ordinal) is >= 0 and var at ? new StackHolder(text[..at], text[(at + Run.Length)..]) : new StackHolder(text, null);
    }

    public override string ToString() => RunUrl is null ? Name : $"{Name} ({RunUrl})";
}
