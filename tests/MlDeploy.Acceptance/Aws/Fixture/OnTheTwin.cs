using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.CodeDeploy;
using MlDeploy.AwsTwin.Faults;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>One account for all acceptance tests of aws. Its faults strike whoever calls, so these tests run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OnTheTwin : ICollectionFixture<TwinAccount>
{
    public const string Name = "aws";
}

/// <summary>The account for deployments: nothing else runs beside them, since a heartbeat that is late on a busy machine is a rollback.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnTheUnhurriedTwin : ICollectionFixture<UnhurriedAccount>
{
    public const string Name = "aws deployments";
}

/// <summary>A twin that heartbeats keep up with: they are a real quarter second apart. Its resources are made at once.</summary>
public sealed class UnhurriedAccount : TwinAccount
{
    public UnhurriedAccount()
        : base(speed: 40, resourceSeconds: new Dictionary<string, double>(StringComparer.Ordinal) { ["*"] = 1 })
    {
    }
}

/// <summary>The account whose CodeDeploy is late and says no more than it must.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnTheLateTwin : ICollectionFixture<LateAccount>
{
    public const string Name = "aws, a late CodeDeploy";
}

/// <summary>As the unhurried one, with the manners that CodeDeploy's documentation allows.</summary>
public sealed class LateAccount : TwinAccount
{
    public LateAccount()
        : base(speed: 40, new Dictionary<string, double>(StringComparer.Ordinal) { ["*"] = 1 }, new DeploymentManners { LateSeconds = 12, IsTerse = true, ListsReplacementFirst = true })
    {
    }
}

/// <summary>A twin whose minutes are half a second long, and the official command line to look into it.</summary>
public class TwinAccount : IAsyncLifetime
{
    /// <summary>Twin seconds per real second.</summary>
    public const double Speed = 120;

    public const string Region = "eu-central-1";

    /// <summary>Applications whose names begin so run <see cref="WebServer"/>.</summary>
    public const string Web = "web-";

    /// <summary>Applications whose names begin so end as soon as they start.</summary>
    public const string Broken = "broken-";

    /// <summary>Applications whose names begin so run the test application, which behaves as its TESTAPP_ variables say.</summary>
    public const string Scoring = "score-";

    /// <summary>Applications whose names begin so run the program of the sample that their variable SCORE names.</summary>
    public const string Model = "model-";

    /// <summary>Applications whose names begin so run the sample that scores orders for fraud.</summary>
    public const string Fraud = "fraud-";

    private readonly double speed = Speed;
    private readonly IReadOnlyDictionary<string, double> resourceSeconds = new Dictionary<string, double>(StringComparer.Ordinal);
    private readonly DeploymentManners manners = new();
    private TwinServer? twin;
    private OfficialCommandLine? aws;
    private WebServer? server;

    public TwinAccount()
    {
    }

    internal TwinAccount(double speed, IReadOnlyDictionary<string, double> resourceSeconds, DeploymentManners? manners = null) =>
        (this.speed, this.resourceSeconds, this.manners) = (speed, resourceSeconds, manners ?? new());

    internal TwinServer Twin => twin!;

    internal FraudSample Sample { get; } = new();

    internal OfficialCommandLine Aws => aws ??= new(Endpoint);

    internal string Endpoint => Twin.Endpoint.GetLeftPart(UriPartial.Authority);

    internal HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || Program.Find("moto_server") is null || Program.Find("aws") is null)
        {
            return;
        }

        server = WebServer.Prepare();
        twin = await TwinServer.StartAsync(new TwinOptions
        {
            Speed = speed,
            ResourceSeconds = resourceSeconds,
            Deployments = manners,
            Images =
            [
                new ImageCommand($"*/{Fraud}*", Sample.Command),
                new ImageCommand($"*/{Scoring}*", $"exec {TheTool.TestApplication}"),
                new ImageCommand($"*/{Model}*", $"exec {Path.Combine(TheTool.DotnetRoot, "dotnet")} \"$SCORE\""),
                new ImageCommand($"*/{Web}*", server.Command),
                new ImageCommand($"*/{Broken}*", "echo loading the model; echo 'model.bin is not here' >&2; exit 3"),
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await (aws?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (twin is not null)
        {
            await twin.DisposeAsync();
        }

        server?.Dispose();
        Sample.Dispose();
        GC.SuppressFinalize(this);
    }

    internal void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the twin's containers are processes as Linux has them");
        if (twin is not null)
        {
            return;
        }

        var missing = Program.Find("aws") is null ? "aws, the official command line (pip install awscli)" : "moto_server (pip install 'moto[server]')";
        Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), $"{missing} is missing; in CI it must be there");
        Assert.Skip($"{missing} is missing here");
    }

    /// <summary>Faults for as long as the result is not disposed of.</summary>
    internal IDisposable With(FaultSettings faults)
    {
        Twin.Faults.Set(faults);
        return new Healing(Twin);
    }

    /// <summary>No call since the log was cleared was refused for coming too often.</summary>
    internal void NobodyAskedTooOften(string measurement)
    {
        var calls = Twin.Requests.Entries.Where(call => call.Caller == "client").ToList();
        var most = calls.GroupBy(call => (call.Service, call.Action))
            .Select(action => (action.Key, Most: action.Max(first => action.Count(call => call.At >= first.At && call.At < first.At.AddSeconds(1)))))
            .MaxBy(action => action.Most);
        Measurements.Record(measurement, $"{most.Most} ({most.Key.Service}:{most.Key.Action}) of {calls.Count} calls");
        Assert.True(calls.Count > 50, $"only {calls.Count} calls were seen");
        Assert.DoesNotContain(calls, call => call.Error is "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "SlowDown");
    }

    /// <summary>What the twin shows of itself.</summary>
    internal async Task<JsonNode> ShownAsync() => JsonNode.Parse(await Http.GetStringAsync(new Uri($"{Endpoint}/_twin/")))!;

    /// <summary>Mails about one application that arrived.</summary>
    internal async Task<ImmutableArray<string>> MailsAsync(string application) =>
    [
        .. (await ShownAsync())["outbox"]!.AsArray()
            .Where(mail => (bool)mail!["delivered"]! && mail["topicArn"]!.ToString().EndsWith($":{application}-events", StringComparison.Ordinal))
            .Select(mail => mail!["body"]!.ToString()),
    ];

    /// <summary>Follows the links in the mails that ask whether somebody wants to be told.</summary>
    internal async Task ConfirmMailsAsync(string application)
    {
        foreach (var body in await MailsAsync(application))
        {
            foreach (var link in body.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Contains("/sns/confirm", StringComparison.Ordinal)))
            {
                (await Http.GetAsync(new Uri(link))).EnsureSuccessStatusCode();
            }
        }
    }

    private sealed class Healing(TwinServer twin) : IDisposable
    {
        public void Dispose() => twin.Faults.Set(new FaultSettings());
    }
}
