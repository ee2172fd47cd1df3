using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Aws.Deploying.Watching;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Deployments;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Live;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnAws;

/// <summary>
/// Carries a deployment out in this process, with journal, report and progress as on the local target. When this process dies, CodeDeploy
/// rolls back by the heartbeat's alarm.
/// </summary>
/// <param name="dashboard">Its name; null when the stack tells of none.</param>
internal sealed class AwsDeploymentRun(AwsSession session, DeploymentPlace place, string? dashboard, CandidateOrder order, string folder, CommandContext context) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ProgressTeller teller = new();
    private readonly DeploymentStore store = new(AwsJournals.Of(context, place.Application), context.Clock);
    private JournalWriter journal = null!;
    private LiveView view = null!;
    private AwsRolloutTarget target = null!;
    private JournalCopy copy = null!;
    private ModelMetrics published = null!;

    public async Task<ExitCode> RunAsync()
    {
        var number = store.Next(0);
        using (journal = store.Open(number))
        {
            var announcements = new Announcements(session, place, order.Manifest.Notifications.On.Contains(NotificationKind.Deployment), Note);
            view = LiveView.For(context, teller);
            using var shown = view;
            using var heartbeat = context.Progress.Heartbeat(() => teller.Heartbeat(context.Clock.GetUtcNow()));
            await using var copied = copy = new JournalCopy(session.Logs, place.LogGroup, () => target?.Deployment, context.Clock, Note);
            copy.Start();
            await using var publishing = published = new ModelMetrics(session.CloudWatch, place.Application, order.Manifest.Version, context.Clock);
            var opened = journal.Append(
                (seq, at) => new OpenedEntry(
                    seq, at, JournalFormat.Schema, number, place.Application, order.Candidate, order.Stable.Id, order.Manifest.CanonicalJson, order.Plan, order.Holder, order.RunUrl, ToolVersion.Text),
                durable: true);
            Show(opened);
            target = new AwsRolloutTarget(session, place, order, Evidence(), context.Clock, context.Surroundings.Random, Note);
            await announcements.TellAsync("deployment started", $"{order.Candidate} is to replace {order.Stable.Id}, by {order.Holder}{(order.RunUrl is { } url ? $" ({url})" : "")}.", CancellationToken.None);
            return await FollowAsync(number, RolloutState.Initial(opened.At), announcements);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (target is not null)
        {
            await target.DisposeAsync();
        }

        http.Dispose();
    }

    private async Task<ExitCode> FollowAsync(int number, RolloutState initial, Announcements announcements)
    {
        using var abandon = new CancellationTokenSource();
        var runner = new RolloutRunner(order.Manifest, order.Plan, target, journal, context.Clock) { Pace = AwsRolloutPlan.LookEvery, Wrote = Show };
        await using var signalled = context.Stop.Register(() =>
        {
            if (order.Plan.OnInterrupt == OnInterrupt.Detach)
            {
                abandon.Cancel();
            }
            else
            {
                target.Hurry = true;
                runner.Request(new Core.Rollout.Interrupted(context.Interruption.ExitCode == ExitCode.Terminated ? "SIGTERM" : "SIGINT"));
            }
        });
        RolloutState state;
        try
        {
            state = await runner.RunAsync(initial, new Begun(), abandon.Token);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            return await DetachAsync();
        }
        catch (IOException full)
        {
            state = await WithoutJournalAsync(full);
        }
        finally
        {
            if (store.WriteReport(number) is { } unwritten)
            {
                context.Progress.State(unwritten, Tone.Warning);
            }
        }

        // Before anybody is told: whoever reads the mail and asks `history` finds the reason there.
        await copy.DisposeAsync();
        if (state.Phase == Phase.Promoted && order.TrainedAt is { } trained && await DashboardModelAge.UpdateAsync(session.CloudWatch, dashboard, trained, CancellationToken.None) is { } stale)
        {
            context.Progress.State(stale, Tone.Warning);
        }

        await AnnounceAsync(announcements, state);
        return await EndAsync(number, state);
    }

    /// <summary>The journal cannot be written: stable is put back without it.</summary>
    private async Task<RolloutState> WithoutJournalAsync(IOException full)
    {
        var restored = await target.RestoreStableAsync(CancellationToken.None);
        throw restored is StableNotVerified unverified
            ? new ExpectedException(ExitCode.Unsafe, $"the journal cannot be written ({full.Message}), and stable is not verified: {unverified.Reason}. Serving: {unverified.Serving}", unverified.Remedy, full)
            : new ExpectedException(ExitCode.TargetFailed, $"the journal cannot be written ({full.Message}); {order.Stable.Id} is verified serving", "free space on the disk of the state folder, then deploy again", full);
    }

    private async Task<ExitCode> DetachAsync()
    {
        await target.DetachAsync(CancellationToken.None);
        context.Progress.State(
            $"detached: nobody judges deployment {target.Deployment ?? "(none yet)"} any more; CodeDeploy shifts on by its own clock, and the application's alarms still roll back. `mldeploy abort --target aws` ends it", Tone.Warning);
        return context.Interruption.ExitCode ?? ExitCode.Interrupted;
    }

    private Task AnnounceAsync(Announcements announcements, RolloutState state) => state.Phase switch
    {
        Phase.Promoted => announcements.TellAsync("promoted", $"{order.Candidate} serves all traffic in place of {order.Stable.Id}.", CancellationToken.None),
        Phase.RolledBack => announcements.TellAsync("rolled back", $"{order.Candidate} was rolled back to {order.Stable.Id}: {Words.FirstLine(state.Reason ?? "no reason given")}.", CancellationToken.None),
        _ => announcements.TellAsync("unsafe", $"{order.Candidate}: {state.Reason}", CancellationToken.None),
    };

    private async Task<ExitCode> EndAsync(int number, RolloutState state)
    {
        var report = ReportBuilder.From(store.Read(number));
        if (report is not null)
        {
            var file = Path.Combine(AwsJournals.Of(context, place.Application).Deployment(number), "report.html");
            context.Results.Write("report", report, ReportDocument.Type, (text, palette) =>
            {
                text.WriteLine(palette.Paint(report.ExitCode is ExitCode.Done ? Tone.Good : Tone.Bad, report.Verdict));
                text.WriteLine($"report: {file}");
            });
            await JobSummary.AppendAsync(report, context);
        }

        // A signal ends with its own code; what could not be verified stands in the report and above.
        var exit = state.Phase == Phase.Unsafe && context.Interruption.ExitCode is { } signal ? signal : state.Exit ?? ExitCode.Bug;
        return exit == ExitCode.Done ? exit : new ErrorWriter(context).Ends(exit);
    }

    private OutsideEvidence Evidence() => new(
        http, new CommandRunner(context.Clock), folder, LocalTarget.BaseEnvironment(context), order.Manifest, order.Candidate, place.TestUrl, context.Clock);

    private void Note(string text) => Show(journal.Append((seq, at) => new NoteEntry(seq, at, text), durable: false));

    private void Show(JournalEntry entry)
    {
        copy.Add(entry);
        lock (gate)
        {
            view.Show(entry);
            published.Add(entry);
        }
    }
}
