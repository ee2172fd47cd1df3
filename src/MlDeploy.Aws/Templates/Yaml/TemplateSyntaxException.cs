namespace MlDeploy.Aws.Templates.Yaml;

/// <summary>A template that cannot be read: where and why.</summary>
/// <param name="line">1-based.</param>
public sealed class TemplateSyntaxException(string message, long line, long column) : Exception(message)
{
    public long Line { get; } = line;
    public long Column { get; } = column;
}
