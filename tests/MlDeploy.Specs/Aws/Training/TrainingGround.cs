using System.Diagnostics;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.Front;
using MlDeploy.Specs.Aws.Peers;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.ToolShell;

namespace MlDeploy.Specs.Aws.Training;

/// <summary>A twin, and a folder with a manifest, data and a script: the tool is run there as a user would run it.</summary>
public sealed class TrainingGround : IAsyncLifetime
{
    public const string Region = "eu-central-1";

    private readonly TestFolder folder = new("training");

    internal TwinServer Twin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Peer.Find("moto_server") is null)
        {
            Peer.Missing("moto_server");
        }

        Twin = await TwinServer.StartAsync(new TwinOptions
        {
            Speed = 2000,
            // What the job's image would run is run here.
            Images = [new ImageCommand("*", "exec \"$@\"")],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Twin is not null)
        {
            await Twin.DisposeAsync();
        }

        folder.Dispose();
    }

    public void Write(string name, string content) => folder.Write(name, content);

    public string Manifest(string application, string training = "data: data.csv") => folder.Write($"{application}.yaml", $$"""
        apiVersion: mldeploy/v1
        name: {{application}}
        version: "1"
        application: { image: "docker.io/library/nginx:mainline-alpine", port: 80, health: { path: / } }
        rollout: { strategy: blue-green, gates: [ { metric: http.errors, max: 5% } ], bake: 5m }
        training: { {{training}} }
        targets: { aws: { region: {{Region}} } }
        """);

    internal Task<ToolRun> RunAsync(string manifest, params string[] arguments) => ToolRun.Of(
        surroundings => surroundings with { Variable = Variable, WorkingDirectory = folder.Root, Random = new Random() },
        [.. arguments, "--file", manifest]);

    /// <summary>The official command line.</summary>
    internal async Task<JsonNode?> AwsAsync(params string[] arguments)
    {
        if (Peer.Find("aws") is not { } program)
        {
            Peer.Missing("aws (the official command line)");
            throw new UnreachableException();
        }

        var start = new ProcessStartInfo(program, [.. arguments, "--output", "json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in new[] { "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY" })
        {
            start.Environment[name] = Variable(name);
        }

        start.Environment["AWS_DEFAULT_REGION"] = Region;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        var text = await output;
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private string? Variable(string name) => name switch
    {
        "AWS_ENDPOINT_URL" => Twin.Endpoint.ToString(),
        "AWS_ACCESS_KEY_ID" => "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY" => "specs",
        "PATH" => Environment.GetEnvironmentVariable("PATH"),
        "HOME" => folder.Root,
        _ => null,
    };
}
