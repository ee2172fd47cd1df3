using System.Text.Json.Nodes;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.Front;
using MlDeploy.Specs.Aws.Peers;
using MlDeploy.Specs.Aws.Twin;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.ToolShell;
using MlDeploy.Tool;

namespace MlDeploy.Specs.Aws.Training;

/// <summary>A twin, and a folder with a manifest, data and a script: the tool is run there as a user would run it.</summary>
public sealed class TrainingGround : IAsyncLifetime
{
    public const string Region = "eu-central-1";

    private readonly TestFolder folder = new("training");
    private AwsCommandLine? aws;

    internal TwinServer Twin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Peer.Find("moto_server") is null)
        {
            Peer.Missing("moto_server");
        }

        Twin = await TwinServer.StartAsync(new TwinOptions
        {
            Speed = 1000,
            // What the job's image would run is run here.
            Images = [new ImageCommand("*", "exec \"$@\"")],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await (aws?.DisposeAsync() ?? ValueTask.CompletedTask);
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
        surroundings => surroundings with { Variable = Variable, Clock = RehearsalClock.Of(Variable, TimeProvider.System), WorkingDirectory = folder.Root, Random = new Random() },
        [.. arguments, "--file", manifest]);

    /// <summary>The official command line.</summary>
    internal Task<JsonNode?> AwsAsync(params string[] arguments)
    {
        if (Peer.Find("aws") is null)
        {
            Peer.Missing("aws (the official command line)");
        }

        return (aws ??= new AwsCommandLine(Twin.Endpoint)).RunAsync(arguments);
    }

    private string? Variable(string name) => name switch
    {
        "AWS_ENDPOINT_URL" => Twin.Endpoint.ToString(),
        "AWS_ACCESS_KEY_ID" => "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY" => "specs",
        RehearsalClock.Variable => Twin.RehearsalClock,
        "PATH" => Environment.GetEnvironmentVariable("PATH"),
        "HOME" => folder.Root,
        _ => null,
    };
}
