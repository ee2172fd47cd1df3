using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>A notebook instance, as it stands.</summary>
/// <param name="Settings">What it was created, or last updated, with.</param>
internal sealed record Notebook(string Name, string Arn, JsonObject Settings, string Status, DateTimeOffset Created, DateTimeOffset Modified)
{
    public string Url(string region) => $"{Name.ToLowerInvariant()}.notebook.{region}.sagemaker.aws";
}
