using System.Text.Json.Nodes;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>The official `aws` program: what it sees is there, whatever our own client believes.</summary>
internal sealed class OfficialCommandLine(string endpoint) : IAsyncDisposable
{
    private readonly AwsProgram program = new(endpoint);

    /// <summary>A JMESPath query over what a command prints; null where it prints nothing.</summary>
    public async Task<JsonNode?> AskAsync(string command, string query, params string[] more)
    {
        var (code, output, error) = await program.RunAsync([.. command.Split(' '), .. more, "--query", query, "--output", "json"]);
        Assert.True(code == 0, $"aws {command}: {error}");
        return output.Length == 0 ? null : JsonNode.Parse(output);
    }

    /// <summary>The texts that a query gives.</summary>
    public async Task<string[]> ListAsync(string command, string query, params string[] more) =>
        await AskAsync(command, query, more) is JsonArray found ? [.. found.Select(each => each!.ToString())] : [];

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
