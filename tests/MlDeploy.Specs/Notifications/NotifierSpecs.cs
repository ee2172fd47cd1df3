using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Probing;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Notifications;
using MlDeploy.Local.State;

namespace MlDeploy.Specs.Notifications;

/// <summary>Receivers are told; what they do with it harms nobody, and their addresses stay secret.</summary>
public sealed class NotifierSpecs : IDisposable
{
    private const string Secret = "https://hooks.example/services/T0/very-secret-path";
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-notify-").FullName;
    private readonly Commands commands = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_webhook_gets_the_sentence_as_json_and_a_command_in_its_environment()
    {
        using var web = new Web(_ => HttpStatusCode.OK);
        await TellAsync(web, Told(webhooks: [Secret], command: ["./tell.sh"]));

        var body = Assert.Single(web.Bodies);
        Assert.Contains("\"text\":\"fraud: v6 was rolled back", body);
        Assert.Contains("\"schema\":\"mldeploy/notification/v1\"", body);
        var run = Assert.Single(commands.Requests);
        Assert.Equal(("rolled back", "fraud"), (run.Environment["MLDEPLOY_EVENT"], run.Environment["MLDEPLOY_APPLICATION"]));
        Assert.Contains("v6 was rolled back", run.Environment["MLDEPLOY_TEXT"]);
        Assert.Equal("", Log());
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 3)]
    public async Task A_webhook_that_fails_is_tried_again_where_that_may_help_and_never_named(HttpStatusCode status, int tries)
    {
        using var web = new Web(_ => status);
        await TellAsync(web, Told(webhooks: [Secret], command: []), until: () => Log().Length > 0);

        Assert.Equal(tries, web.Bodies.Count);
        Assert.Contains($"webhook 1 was not told of \"rolled back\": it answered {(int)status}", Log());
        Assert.DoesNotContain("secret", Log());
        Assert.DoesNotContain("hooks.example", Log());
    }

    [Fact]
    public async Task What_cannot_be_reached_is_told_to_the_log_without_its_address_and_the_others_are_told()
    {
        using var web = new Web(url => url.Host == "hooks.example" ? throw new HttpRequestException(HttpRequestError.NameResolutionError, $"no such host ({url})") : HttpStatusCode.OK);
        await TellAsync(web, Told(webhooks: [Secret, "https://other.example/"], command: []), until: () => Log().Length > 0);

        Assert.Contains("webhook 1 was not told of \"rolled back\": it could not be reached (NameResolutionError)", Log());
        Assert.DoesNotContain("hooks.example", Log());
        Assert.Contains(web.Bodies, body => body.Contains("v6", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_nobody_up()
    {
        using var web = new Web(_ => HttpStatusCode.OK) { Hangs = true };
        var notifier = new Notifier(Environment(TimeProvider.System), new HttpClient(web));
        for (var sent = 0; sent < 200; sent++)
        {
            notifier.Tell(News(), Told(webhooks: [Secret], command: []));
        }

        // More than fit wait already: they are dropped, and told so, without a pause.
        Assert.Contains("64 notifications wait already", Log());
        web.Hangs = false;
        await notifier.DisposeAsync();
    }

    [Fact]
    public void Nobody_is_told_of_what_was_not_asked_for()
    {
        Assert.False(Told(webhooks: [Secret], command: []).AreTold(NotificationKind.Scaling));
        Assert.False(Told(webhooks: [], command: []).AreTold(NotificationKind.Deployment));
    }

    private async Task TellAsync(Web web, Receivers receivers, Func<bool>? until = null)
    {
        var notifier = new Notifier(Environment(new Hasty()), new HttpClient(web));
        notifier.Tell(News(), receivers);
        if (until is not null)
        {
            await Gateway.Fixture.Eventually.Holds(until, "it gave up");
        }

        await notifier.DisposeAsync();
    }

    private static Notification News() => new("fraud: v6 was rolled back: amount is beyond its limit.", "rolled back", "fraud", "v6", "v5", 7, new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));

    private Receivers Told(ImmutableArray<string> webhooks, ImmutableArray<string> command) =>
        new(webhooks, command, [NotificationKind.Deployment, NotificationKind.Drift], folder, ImmutableSortedDictionary<string, string>.Empty.Add("PATH", "/usr/bin"));

    private string Log() => File.Exists(Path.Combine(folder, "host.log")) ? File.ReadAllText(Path.Combine(folder, "host.log")) : "";

    private HostEnvironment Environment(TimeProvider clock) => new(
        new StatePaths(folder), clock, new Random(1), new HostLog(Path.Combine(folder, "host.log"), TimeProvider.System), new SelfCommand("mldeploy", [], "1"), commands, ImmutableSortedDictionary<string, string>.Empty);

    private sealed class Web(Func<Uri, HttpStatusCode> answer) : HttpMessageHandler
    {
        public ConcurrentQueue<string> Bodies { get; } = [];

        public bool Hangs { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Enqueue(await request.Content!.ReadAsStringAsync(cancellationToken));
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return new HttpResponseMessage(answer(request.RequestUri!));
        }
    }

    private sealed class Commands : ICommandRunner
    {
        public ConcurrentQueue<CommandRequest> Requests { get; } = [];

        public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel)
        {
            Requests.Enqueue(request);
            return Task.FromResult(new CommandResult(0, "", "", TimedOut: false));
        }
    }

    /// <summary>Pauses between tries take no time.</summary>
    private sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.FromMilliseconds(1), period);
    }
}
