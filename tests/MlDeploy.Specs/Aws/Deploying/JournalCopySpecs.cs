using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Aws.Clients;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>A journal in CloudWatch Logs is the one on disk, whatever happened on the way.</summary>
public sealed class JournalCopySpecs
{
    private static readonly DateTimeOffset Began = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_was_copied_is_read_as_it_was_written_however_long_a_line_is()
    {
        var log = new Log();
        var entries = Journal("v2", new string('x', 79_990) + string.Concat(Enumerable.Repeat("é🙂", 60_000)));

        await CopyAsync(log, entries);

        Assert.Equal(Lines(entries), Lines(await log.Reader.ReadAsync("d-1", CancellationToken.None)));
        Assert.All(log.Events, each => Assert.True(Encoding.UTF8.GetByteCount(each.Message) < 256 * 1024 - 26));
        Assert.True(log.Events.Zip(log.Events.Skip(1)).All(pair => pair.First.At < pair.Second.At), "times increase");
        Assert.Equal("_deployments/d-1", log.Stream);
    }

    [Fact]
    public async Task A_write_that_was_repeated_counts_once()
    {
        var log = new Log { LosesItsFirstAnswer = true };
        var entries = Journal("v2", new string('x', 200_000));

        await CopyAsync(log, entries);

        Assert.True(log.Events.Count > Lines(entries).Length + 2, "some events are there twice");
        Assert.Equal(Lines(entries), Lines(await log.Reader.ReadAsync("d-1", CancellationToken.None)));
    }

    [Fact]
    public async Task A_runner_that_adopted_a_deployment_tells_its_own_story()
    {
        var log = new Log();
        await CopyAsync(log, Journal("v2", "of the first")[..3]);
        var second = Journal("v2", "of the second");

        await CopyAsync(log, second);

        Assert.Equal(Lines(second), Lines(await log.Reader.ReadAsync("d-1", CancellationToken.None)));
        Assert.Equal("gate http.errors failed", (await log.Reader.EndAsync("d-1", CancellationToken.None))?.State.Reason);
    }

    [Fact]
    public async Task A_journal_without_an_end_has_no_reason_and_one_that_is_not_there_is_empty()
    {
        var log = new Log();
        Assert.Empty(await log.Reader.ReadAsync("d-1", CancellationToken.None));
        Assert.Null(await log.Reader.EndAsync("d-1", CancellationToken.None));

        await CopyAsync(log, Journal("v2", "begun")[..3]);

        Assert.Null(await log.Reader.EndAsync("d-1", CancellationToken.None));
    }

    [Fact]
    public async Task A_copy_that_lacks_an_entry_is_damaged_and_says_where()
    {
        var log = new Log();
        var entries = Journal("v2", "note");
        await CopyAsync(log, [entries[0], entries[2], entries[3]]);

        var damaged = await Assert.ThrowsAsync<ExpectedException>(() => log.Reader.ReadAsync("d-1", CancellationToken.None));

        Assert.Equal("/mldeploy/fraud/_deployments/d-1:2: the journal is damaged here: entry 3 follows entry 1", damaged.Message);
    }

    [Fact]
    public async Task Without_the_permission_it_is_told_once_and_nothing_else_happens()
    {
        var log = new Log { Denies = true };
        var notes = new List<string>();
        var copy = new JournalCopy(log.Session.Logs, "/mldeploy/fraud", () => "d-1", TimeProvider.System, notes.Add);
        copy.Start();
        foreach (var entry in Journal("v2", "note"))
        {
            copy.Add(entry);
        }

        await copy.DisposeAsync();
        await copy.DisposeAsync();

        Assert.Equal(
            ["the journal is not copied to the log group /mldeploy/fraud (not allowed): other machines see what CodeDeploy tells, not this deployment's judgments"],
            notes.Select(note => note.Replace("User: ci is ", "", StringComparison.Ordinal)));
        Assert.Single(log.Calls);
    }

    [Fact]
    public async Task Nothing_is_sent_before_there_is_a_deployment()
    {
        var log = new Log();
        var copy = new JournalCopy(log.Session.Logs, "/mldeploy/fraud", () => null, TimeProvider.System, _ => Assert.Fail("nothing is amiss"));
        copy.Start();
        copy.Add(Journal("v2", "note")[0]);

        await copy.DisposeAsync();

        Assert.Empty(log.Calls);
    }

    private static async Task CopyAsync(Log log, JournalEntry[] entries)
    {
        await using var copy = new JournalCopy(log.Session.Logs, "/mldeploy/fraud", () => "d-1", TimeProvider.System, note => Assert.Fail(note));
        copy.Start();
        foreach (var entry in entries)
        {
            copy.Add(entry);
        }
    }

    private static JournalEntry[] Journal(string candidate, string note)
    {
        var plan = RolloutPlan.For(ManifestReader.ReadCanonical("""{"apiVersion":"mldeploy/v1","name":"fraud","version":"v2","application":{"image":"x:1"},"rollout":{"strategy":"all-at-once"}}""").Manifest!.Rollout, firstDeployment: false);
        var state = RolloutState.Initial(Began) with { Phase = Phase.Starting };
        var end = state with { Phase = Phase.RolledBack, Exit = ExitCode.GateFailed, Reason = "gate http.errors failed" };
        return
        [
            new OpenedEntry(1, Began, JournalFormat.Schema, 1, "fraud", candidate, "v1", "{}", plan, "ada@laptop", null, "test"),
            new TransitionEntry(2, Began, new Begun(), state),
            new NoteEntry(3, Began, note),
            new TransitionEntry(4, Began.AddMinutes(1), new StableVerified("v1"), end),
        ];
    }

    private static string[] Lines(IEnumerable<JournalEntry> entries) => [.. entries.Select(JournalFormat.Write)];

    /// <summary>CloudWatch Logs with one stream.</summary>
    private sealed class Log
    {
        public Log() => Session = Sessions.AnsweredAsync(Answer).GetAwaiter().GetResult();

        public AwsSession Session { get; }

        public JournalCopyReader Reader => new(Session.Logs, "/mldeploy/fraud");

        public List<string> Calls { get; } = [];

        public List<(long At, string Message)> Events { get; } = [];

        public string? Stream { get; private set; }

        /// <summary>What was sent is there, but nobody is told.</summary>
        public bool LosesItsFirstAnswer { get; set; }

        public bool Denies { get; init; }

        private HttpResponseMessage Answer(HttpRequestMessage request)
        {
            var action = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[^1];
            Calls.Add(action);
            var input = JsonNode.Parse(request.Content!.ReadAsStringAsync().GetAwaiter().GetResult())!;
            if (Denies)
            {
                return Sessions.Json(400, """{"__type":"AccessDeniedException","message":"User: ci is not allowed"}""");
            }

            switch (action)
            {
                case "CreateLogStream":
                    Stream = input["logStreamName"]!.ToString();
                    return Sessions.Json(200, "{}");
                case "PutLogEvents":
                    Events.AddRange(input["logEvents"]!.AsArray().Select(each => ((long)each!["timestamp"]!, each["message"]!.ToString())));
                    Events.Sort((one, other) => one.At.CompareTo(other.At));
                    if (LosesItsFirstAnswer)
                    {
                        LosesItsFirstAnswer = false;
                        return Sessions.Json(500, """{"__type":"ServiceUnavailableException","message":"again"}""");
                    }

                    return Sessions.Json(200, "{}");
                case "GetLogEvents" when Stream is not null:
                    var from = (int?)input["nextToken"]?.ToString().Length ?? 0;
                    var page = Events.Skip(from).Take(3).ToArray();
                    return Sessions.Json(200, new JsonObject
                    {
                        ["events"] = new JsonArray([.. (input["startFromHead"]?.GetValue<bool>() == true ? page : [.. Events]).Select(each => (JsonNode)new JsonObject { ["timestamp"] = each.At, ["message"] = each.Message })]),
                        ["nextForwardToken"] = new string('t', from + page.Length),
                    }.ToJsonString());
                default:
                    return Sessions.Json(400, """{"__type":"ResourceNotFoundException","message":"The specified log stream does not exist."}""");
            }
        }
    }
}
