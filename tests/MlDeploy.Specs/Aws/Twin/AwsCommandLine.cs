using System.Text.Json.Nodes;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>The official `aws` program against a twin: what it understands is how AWS would have answered.</summary>
internal sealed class AwsCommandLine(Uri endpoint) : IAsyncDisposable
{
    private readonly AwsProgram program = new(endpoint.GetLeftPart(UriPartial.Authority));

    /// <returns>The JSON it printed; null when it printed nothing.</returns>
    public async Task<JsonNode?> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await program.RunAsync(arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)}: {error}");
        return output.Length == 0 ? null : JsonNode.Parse(output);
    }

    /// <summary>One value, found by a JMESPath query.</summary>
    public async Task<string> AskAsync(string query, params string[] arguments)
    {
        var (code, output, error) = await program.RunAsync([.. arguments, "--query", query, "--output", "text"]);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)}: {error}");
        return output.Trim();
    }

    /// <summary>What it prints, as text.</summary>
    public async Task<string> SayAsync(params string[] arguments)
    {
        var (code, output, error) = await program.RunAsync(arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)}: {error}");
        return output + error;
    }

    /// <summary>What it says of a call that must fail.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, error) = await program.RunAsync(arguments);
        Assert.True(code != 0, $"aws {string.Join(' ', arguments)} succeeded: {output}");
        return error.Trim();
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
