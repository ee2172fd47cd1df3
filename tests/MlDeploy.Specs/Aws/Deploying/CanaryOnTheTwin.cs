using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Aws.Clients;
using MlDeploy.Specs.Aws.Twin;
using MlDeploy.Specs.Aws.Twin.CodeDeploy;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>One rollout by our own code, in twin time, of a service on the twin.</summary>
internal sealed class CanaryOnTheTwin : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-canary-").FullName;
    private readonly List<string> notes = [];
    private readonly RunningTwin twin;
    private readonly DeployedService service;
    private readonly AwsSession session;
    private JournalWriter? journal;

    private CanaryOnTheTwin(RunningTwin twin, DeployedService service, AwsSession session)
    {
        (this.twin, this.service, this.session) = (twin, service, session);
        Place = new DeploymentPlace
        {
            Application = service.Name,
            CodeDeployApplication = service.Name,
            DeploymentGroup = service.Name,
            Cluster = "main",
            Service = service.Name,
            ProductionListener = service.Listener,
            LoadBalancer = FullName(service.Listener, "listener/", parts: 3),
            Blue = Group(service.Blue),
            Green = Group(service.Green),
            Url = service.Address.ToString(),
            TestUrl = service.TestAddress.ToString(),
            TopicArn = "",
            LogGroup = "/app",
            HeartbeatRole = "arn:aws:iam::123456789012:role/heartbeat",
            Alarms = [],
        };
    }

    public AwsSession Session => session;

    public DeploymentPlace Place { get; }

    public AwsRolloutTarget Target { get; private set; } = null!;

    public RolloutRunner Runner { get; private set; } = null!;

    public string Story => string.Join('\n', File.Exists(JournalFile) ? JournalReader.Read(JournalFile).Select(entry => entry switch
    {
        TransitionEntry transition => $"{entry.At:HH:mm:ss} {transition.State.Phase} {Words.Percent(transition.State.Weight)}: {transition.Event}",
        NoteEntry note => $"{entry.At:HH:mm:ss} note: {note.Text}",
        LookEntry { Judgments: { } judgments } => $"{entry.At:HH:mm:ss} look {string.Join("; ", judgments.Select(judgment => $"{judgment.Gate} {judgment.Kind} n {judgment.N} {judgment.Reason}"))}",
        _ => "",
    }).Where(line => line.Length > 0) : notes);

    private string JournalFile => Path.Combine(folder, "journal.jsonl");

    public static async Task<CanaryOnTheTwin> CreateAsync(RunningTwin twin, DeployedService service) => new(twin, service, await AwsSession.OpenAsync(
        Sessions.At(twin.Server.Endpoint) with { Time = twin.Server.Clock, Retries = new() { FirstDelay = TimeSpan.FromMilliseconds(200), LongestDelay = TimeSpan.FromSeconds(2), Attempts = 4 }, Pace = new() { PerSecond = 1000, Burst = 1000 } },
        CancellationToken.None));

    /// <param name="rollout">As in a manifest, in JSON.</param>
    public async Task PrepareAsync(string family, JsonObject rollout, RunningDeployment? adopted = null)
    {
        var manifest = ManifestReader.ReadCanonical(new JsonObject
        {
            ["apiVersion"] = "mldeploy/v1",
            ["name"] = service.Name,
            ["version"] = family,
            ["application"] = new JsonObject { ["image"] = "registry/app:2" },
            ["rollout"] = rollout,
            ["targets"] = new JsonObject { ["aws"] = new JsonObject() },
        }.ToJsonString()).Manifest!;
        var serving = await new TrafficReader(session, Place).ReadAsync(CancellationToken.None);
        var stable = (await DeployedVersion.ReadAsync(session.Ecs, serving.Live.TaskDefinition!, CancellationToken.None))!;
        var candidate = (await DeployedVersion.ReadAsync(session.Ecs, family, CancellationToken.None))!;
        var order = new CandidateOrder
        {
            Manifest = manifest,
            Plan = AwsRolloutPlan.For(manifest.Rollout),
            Stable = stable,
            Candidate = candidate.Id,
            TaskDefinition = candidate.TaskDefinition,
            Container = "app",
            Port = 8080,
            Holder = "ada@laptop",
            RunUrl = "https://ci.example/runs/7",
            Adopted = adopted,
        };
        journal = JournalWriter.Open(JournalFile, twin.Server.Clock);
        journal.Append((seq, at) => new OpenedEntry(seq, at, JournalFormat.Schema, 1, service.Name, order.Candidate, stable.Id, manifest.CanonicalJson, order.Plan, order.Holder, order.RunUrl, "test"), durable: true);
        var evidence = new OutsideEvidence(
            twin.Http, new CommandRunner(TimeProvider.System), folder, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, manifest, order.Candidate, Place.TestUrl, twin.Server.Clock);
        Target = new AwsRolloutTarget(session, Place, order, evidence, twin.Server.Clock, Random.Shared, text =>
        {
            notes.Add(text);
            journal.Append((seq, at) => new NoteEntry(seq, at, text), durable: false);
        });
        Runner = new RolloutRunner(manifest, order.Plan, Target, journal, twin.Server.Clock) { Pace = AwsRolloutPlan.LookEvery };
    }

    public Task<RolloutState> RunAsync(CancellationToken cancel = default) => Runner.RunAsync(RolloutState.Initial(twin.Server.Clock.GetUtcNow()), new Begun(), cancel);

    public async Task<IReadOnlyList<string>> HeartbeatAlarmsAsync() =>
        [.. (await session.CloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNamePrefix = HeartbeatName.Prefix(service.Name) }, CancellationToken.None)).MetricAlarms.Select(alarm => alarm.AlarmName)];

    /// <summary>Calls of our session a twin minute, heartbeats included, what precedes and follows the shift too.</summary>
    public double CallsAMinute(DateTimeOffset since) => session.Calls.Values.Sum() / (twin.Server.Clock.GetUtcNow() - since).TotalMinutes;

    public async Task<int> ActiveDeploymentsAsync() => (await session.CodeDeploy.ListDeploymentsAsync(
        new ListDeploymentsRequest { ApplicationName = service.Name, DeploymentGroupName = service.Name, IncludeOnlyStatuses = [.. CodeDeployStatus.Active] }, CancellationToken.None)).Deployments.Length;

    public async Task<int> DeploymentsAsync() =>
        (await session.CodeDeploy.ListDeploymentsAsync(new ListDeploymentsRequest { ApplicationName = service.Name, DeploymentGroupName = service.Name }, CancellationToken.None)).Deployments.Length;

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Story);
        if (Target is not null)
        {
            await Target.DisposeAsync();
        }

        journal?.Dispose();
        session.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    public static JsonObject Canary(int percent, int minutes, int bake) => new()
    {
        ["strategy"] = "canary",
        ["steps"] = new JsonArray(new JsonObject { ["weight"] = string.Create(CultureInfo.InvariantCulture, $"{percent}%"), ["for"] = string.Create(CultureInfo.InvariantCulture, $"{minutes}m") }),
        ["bake"] = string.Create(CultureInfo.InvariantCulture, $"{bake}m"),
        ["warmup"] = "0s",
        ["minimumRequests"] = 20,
        ["gates"] = new JsonArray(new JsonObject { ["metric"] = "http.errors", ["max"] = "5%", ["maxIncrease"] = "2%" }, new JsonObject { ["metric"] = "latency.p90", ["max"] = "5s" }),
    };

    private static TargetGroupPlace Group(string arn) => new(arn, arn[arn.LastIndexOf("targetgroup/", StringComparison.Ordinal)..]);

    /// <summary>`…:listener/app/NAME/ID/ID` → `app/NAME/ID`</summary>
    private static string FullName(string arn, string mark, int parts) =>
        string.Join('/', arn[(arn.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Split('/').Take(parts));
}
