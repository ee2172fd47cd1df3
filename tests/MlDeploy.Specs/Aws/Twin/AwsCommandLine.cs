using System.Diagnostics;
using System.Text.Json.Nodes;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>The official `aws` program against a twin: what it understands is how AWS would have answered.</summary>
internal sealed class AwsCommandLine(Uri endpoint)
{
    /// <returns>The JSON it printed; null when it printed nothing.</returns>
    public async Task<JsonNode?> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await StartAsync(arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)}: {error}");
        return output.Length == 0 ? null : JsonNode.Parse(output);
    }

    /// <summary>One value, found by a JMESPath query.</summary>
    public async Task<string> AskAsync(string query, params string[] arguments)
    {
        var (code, output, error) = await StartAsync([.. arguments, "--query", query, "--output", "text"]);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)}: {error}");
        return output.Trim();
    }

    /// <summary>What it prints, as text.</summary>
    public async Task<string> SayAsync(params string[] arguments)
    {
        var (code, output, error) = await StartAsync(arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)}: {error}");
        return output + error;
    }

    /// <summary>What it says of a call that must fail.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, error) = await StartAsync(arguments);
        Assert.True(code != 0, $"aws {string.Join(' ', arguments)} succeeded: {output}");
        return error.Trim();
    }

    private async Task<(int Code, string Output, string Error)> StartAsync(string[] arguments)
    {
        if (Peer.Find("aws") is not { } program)
        {
            Peer.Missing("aws, the official command line");
            throw new UnreachableException();
        }

        // Named on the command line, not in the environment: for SQS this program prefers its own old host name to the latter.
        var start = new ProcessStartInfo(program, [.. arguments, "--endpoint-url", endpoint.GetLeftPart(UriPartial.Authority)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "twin";
        start.Environment["AWS_REGION"] = start.Environment["AWS_DEFAULT_REGION"] = "eu-central-1";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_PAGER"] = "";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
