using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>A user of the tool with an account, a folder with a manifest and an image, and nothing else in the environment.</summary>
internal sealed class AwsUser : IDisposable
{
    private readonly List<ToolProcess> started = [];

    public AwsUser(TwinAccount account, string prefix = TwinAccount.Web)
    {
        Account = account;
        var id = Path.GetRandomFileName()[..6];
        Name = prefix + id;
        Root = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"maws-{id}")).FullName;
        Sources = Directory.CreateDirectory(Path.Combine(Root, "sources")).FullName;
        Directory.CreateDirectory(Path.Combine(Root, "home"));
        ImageArchive.Write(Path.Combine(Sources, "image.tar"), seed: 1);
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Path.Combine(Root, "home"), // Neither docker nor cfn-lint: what is shown here needs neither.
            ["HOME"] = Path.Combine(Root, "home"),
            ["DOTNET_ROOT"] = TheTool.DotnetRoot,
            ["MLDEPLOY_STATE"] = Path.Combine(Root, "state"),
            ["MLDEPLOY_REHEARSAL_CLOCK"] = account.Twin.RehearsalClock,
            ["AWS_ENDPOINT_URL"] = account.Endpoint,
            ["AWS_ACCESS_KEY_ID"] = "AKIAREHEARSAL1234567",
            ["AWS_SECRET_ACCESS_KEY"] = "rehearsal",
        };
        Write();
    }

    /// <summary>Another machine of the same user's: the same sources, a state folder of its own.</summary>
    public AwsUser(TwinAccount account, AwsUser same)
    {
        Account = account;
        Name = same.Name;
        Root = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"maws-{Path.GetRandomFileName()[..6]}")).FullName;
        Sources = same.Sources;
        Environment = new Dictionary<string, string>(same.Environment, StringComparer.Ordinal) { ["MLDEPLOY_STATE"] = Path.Combine(Root, "state") };
    }

    public TwinAccount Account { get; }

    /// <summary>The application's name, random.</summary>
    public string Name { get; }

    public string Root { get; }

    /// <summary>Where mlapp.yaml lies: the working directory of the tool.</summary>
    public string Sources { get; }

    /// <summary>The whole environment of the tool.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <param name="more">Further top-level lines.</param>
    /// <param name="application">Further lines under `application`.</param>
    public void Write(string scaling = "{ min: 1, max: 2, on: { cpu: 20% } }", string weight = "10%", string more = "", string application = "", string targets = "") =>
        File.WriteAllText(Path.Combine(Sources, "mlapp.yaml"), $$"""
            apiVersion: mldeploy/v1
            name: {{Name}}
            version: v1
            application:
              image: archive:image.tar
              port: 80
              health: { path: /, startWithin: 60s }
              {{application}}
            scaling: {{scaling}}
            rollout: { strategy: canary, steps: [ { weight: {{weight}}, for: 5m } ], gates: [ { metric: http.errors, max: 5% } ] }
            targets: { aws: { region: {{TwinAccount.Region}} {{targets}} } }
            {{more}}

            """);

    public ToolProcess Start(params string[] arguments)
    {
        var process = ToolProcess.Start(Environment, Sources, arguments);
        started.Add(process);
        return process;
    }

    /// <param name="command">Words with single spaces between them.</param>
    public Task<ToolResult> RunAsync(string command) => Start(command.Split(' ')).ResultAsync();

    public Task<ToolResult> ProvisionAsync() => RunAsync("provision -t aws");

    /// <summary>Everything, images and data too.</summary>
    public async Task<ToolResult> DestroyAsync() => (await RunAsync($"destroy -t aws --confirm {Name} --delete-images --delete-data")).ExitsWith(0);

    /// <summary>The URL that `provision` printed.</summary>
    public static Uri Url(ToolResult provisioned) => new(provisioned.Output.Split('\n').Single(line => line.StartsWith("http://", StringComparison.Ordinal)));

    public void Dispose()
    {
        started.ForEach(process => process.Dispose());
        Directory.Delete(Root, recursive: true);
    }
}
