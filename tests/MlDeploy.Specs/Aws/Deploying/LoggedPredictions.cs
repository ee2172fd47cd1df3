using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Specs.Aws.Clients;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>An account of two arms with one task each that log predictions, and a clock that the test moves.</summary>
internal sealed class LoggedPredictions
{
    public const string Candidate = ScriptedAccount.Candidate;
    public const string Stable = ScriptedAccount.Stable;

    private readonly List<(string Stream, long At, long Ingested, string Message)> lines = [];
    private int number;

    public MovedClock Clock { get; } = new();

    public List<string> Calls { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>Lines that one page has.</summary>
    public int PageSize { get; set; } = 10_000;

    /// <summary>Answers FilterLogEvents with an error.</summary>
    public bool Throttles { get; set; }

    /// <summary>Answers FilterLogEvents with a refusal.</summary>
    public bool Denies { get; set; }

    /// <summary>`awslogs`, or another driver that keeps the log elsewhere.</summary>
    public string Driver { get; set; } = "awslogs";

    public static ProfileFile Profile { get; } = MakeProfile();

    /// <param name="definition">Whose task logs it.</param>
    /// <param name="late">How long the service takes before the line can be found.</param>
    public void Log(string definition, string message, TimeSpan late = default)
    {
        var at = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        lines.Add((definition == Candidate ? "fraud/application/task2" : "fraud/application/task1", at, at + (long)late.TotalMilliseconds, message));
    }

    /// <summary>A line of another container, or of another version.</summary>
    public void LogTo(string stream, string message) => lines.Add((stream, Clock.GetUtcNow().ToUnixTimeMilliseconds(), 0, message));

    /// <summary>Orders over a span of time, evenly: `age` is 40 ± 10 in the profile, and here times the factor.</summary>
    public void Orders(string definition, int count, TimeSpan over, double factor = 1, string prediction = "0.25")
    {
        for (var order = 0; order < count; order++)
        {
            Clock.Advance(over / count);
            Log(definition, Line(factor, prediction));
        }
    }

    public string Line(double factor = 1, string prediction = "0.25") =>
        string.Create(CultureInfo.InvariantCulture, $$"""INFO scored {"inputs":{"age":{{(30 + (number++ * 5 % 21)) * factor}},"country":"DE"},"prediction":{{prediction}}}""");

    public Task<AwsSession> SessionAsync() => Sessions.AnsweredAsync(Answer, options => options with { Retries = new() { Attempts = 1 }, Pace = new() { Burst = 100 } });

    public static AppManifest Manifest(string gates = """[{"metric":"model.inputs.drift","max":0.3},{"metric":"model.prediction.invalid","max":"0%"}]""") => ManifestReader.ReadCanonical(new JsonObject
    {
        ["apiVersion"] = "mldeploy/v1",
        ["name"] = "fraud",
        ["version"] = "v2",
        ["application"] = new JsonObject { ["image"] = "registry/app:2" },
        ["model"] = new JsonObject { ["profile"] = "/profile.json", ["range"] = new JsonArray(0, 1), ["log"] = new JsonObject() },
        ["rollout"] = new JsonObject
        {
            ["strategy"] = "canary",
            ["steps"] = new JsonArray(new JsonObject { ["weight"] = "20%", ["for"] = "6m" }),
            ["tests"] = new JsonArray(new JsonObject { ["name"] = "golden", ["http"] = new JsonObject { ["method"] = "POST" } }),
            ["gates"] = JsonNode.Parse(gates),
        },
        ["targets"] = new JsonObject { ["aws"] = new JsonObject() },
    }.ToJsonString()) is { Manifest: { } manifest } ? manifest : throw new InvalidOperationException("the manifest is not valid");

    public CandidateOrder Order(AppManifest manifest, ModelJudging? judging) => new()
    {
        Manifest = manifest,
        Plan = AwsRolloutPlan.For(manifest.Rollout) with { Model = judging?.Yardstick },
        Stable = StableVersion,
        Candidate = "v2",
        TaskDefinition = Candidate,
        Container = "application",
        Port = 8080,
        Holder = "ada@laptop",
        Model = judging,
    };

    public static DeployedVersion StableVersion { get; } = new(Stable, "v1", "registry/app@sha256:0123456789abcdef", null, null, null, null);

    private static ProfileFile MakeProfile()
    {
        var window = new WindowSketch { Rows = 2_100 };
        for (var row = 0; row < 2_100; row++)
        {
            window.At("age")!.AddNumber(30 + (row % 21));
            window.At("country")!.AddText("DE"u8);
        }

        var profile = new ModelProfile
        {
            Rows = window.Rows,
            Features = [.. window.Names.Select(name => new FeatureProfile { Name = name, Kind = window.Find(name)!.Kind, Missing = 0, Sketch = SketchStates.Of(name, window.Find(name)!) })],
        };
        return new ProfileFile(profile, ModelFiles.Write(profile), "profile.json");
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var action = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[^1];
        Calls.Add(action);
        var input = JsonNode.Parse(request.Content!.ReadAsStringAsync().GetAwaiter().GetResult())!.AsObject();
        return action switch
        {
            "ListTasks" => Json(new JsonObject { ["taskArns"] = new JsonArray($"arn:aws:ecs:eu-central-1:123456789012:task/fraud/{($"{input["family"]}" == "fraud-b" ? "task2" : "task1")}") }),
            "DescribeTasks" => Json(new JsonObject
            {
                ["tasks"] = new JsonArray([.. input["tasks"]!.AsArray().Select(task => new JsonObject
                {
                    ["taskArn"] = $"{task}", ["lastStatus"] = "RUNNING", ["taskDefinitionArn"] = $"{task}".EndsWith('2') ? Candidate : Stable,
                })]),
            }),
            "DescribeTaskDefinition" => Json(new JsonObject
            {
                ["taskDefinition"] = JsonNode.Parse($$$"""{"containerDefinitions":[{"name":"application","logConfiguration":{"logDriver":"{{{Driver}}}","options":{"awslogs-group":"/mldeploy/fraud","awslogs-stream-prefix":"fraud"} } }]}"""),
            }),
            "FilterLogEvents" when Throttles => Sessions.Json(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}"""),
            "FilterLogEvents" when Denies => Sessions.Json(400, """{"__type":"AccessDeniedException","message":"User: arn:aws:iam::123456789012:user/ada is not authorized to perform: logs:FilterLogEvents on resource: arn:aws:logs:eu-central-1:123456789012:log-group:/mldeploy/fraud"}"""),
            "FilterLogEvents" => Json(Filter(input)),
            _ => Sessions.Json(400, $$"""{"__type":"ValidationException","message":"{{action}} is not in the script"}"""),
        };
    }

    private JsonObject Filter(JsonObject input)
    {
        var (streams, prefix) = (input["logStreamNames"]?.AsArray().Select(name => $"{name}").ToHashSet(), $"{input["logStreamNamePrefix"]}");
        var (from, to, skip, now) = ((long)input["startTime"]!, (long)input["endTime"]!, (int?)(input["nextToken"] is { } token ? int.Parse($"{token}", CultureInfo.InvariantCulture) : null) ?? 0, Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var word = $"{input["filterPattern"]}".Trim('"');
        var found = lines.Select((line, index) => (line, index)).Where(one => (streams?.Contains(one.line.Stream) ?? one.line.Stream.StartsWith(prefix, StringComparison.Ordinal)) && one.line.At >= from && one.line.At <= to && one.line.Ingested <= now && one.line.Message.Contains(word, StringComparison.Ordinal))
            .OrderBy(one => one.line.At).ToArray();
        return new JsonObject
        {
            ["events"] = new JsonArray([.. found.Skip(skip).Take(PageSize).Select(one => new JsonObject
            {
                ["logStreamName"] = one.line.Stream, ["timestamp"] = one.line.At, ["message"] = one.line.Message, ["eventId"] = one.index.ToString(CultureInfo.InvariantCulture),
            })]),
            ["nextToken"] = found.Length > skip + PageSize ? $"{skip + PageSize}" : null,
        };
    }

    private static HttpResponseMessage Json(JsonObject body) => Sessions.Json(200, body.ToJsonString());

    /// <summary>Stands still unless it is moved; whoever waits ten seconds or more moves it by that. What is shorter is somebody's patience, which lasts.</summary>
    public sealed class MovedClock : TimeProvider
    {
        private long ticks = new DateTimeOffset(2026, 11, 21, 5, 0, 0, TimeSpan.Zero).UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public override DateTimeOffset GetUtcNow() => new(ticks, TimeSpan.Zero);

        public void Advance(TimeSpan by) => ticks += by.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= TimeSpan.FromSeconds(10))
            {
                Advance(dueTime);
                ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
            }

            return new Never();
        }

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
