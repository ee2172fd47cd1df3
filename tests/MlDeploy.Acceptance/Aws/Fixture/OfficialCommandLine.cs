using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>The official `aws` program: what it sees is there, whatever our own client believes.</summary>
internal sealed class OfficialCommandLine(string endpoint)
{
    /// <summary>A JMESPath query over what a command prints; null where it prints nothing.</summary>
    public async Task<JsonNode?> AskAsync(string command, string query, params string[] more)
    {
        var (code, output, error) = await RunAsync([.. command.Split(' '), .. more, "--query", query, "--output", "json"]);
        Assert.True(code == 0, $"aws {command}: {error}");
        return output.Length == 0 ? null : JsonNode.Parse(output);
    }

    /// <summary>The texts that a query gives.</summary>
    public async Task<string[]> ListAsync(string command, string query, params string[] more) =>
        await AskAsync(command, query, more) is JsonArray found ? [.. found.Select(each => each!.ToString())] : [];

    private async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Program.Find("aws")!, [.. arguments, "--endpoint-url", endpoint]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "twin";
        start.Environment["AWS_DEFAULT_REGION"] = TwinAccount.Region;
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_PAGER"] = "";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
