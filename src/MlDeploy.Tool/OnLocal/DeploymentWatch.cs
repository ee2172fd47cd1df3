using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Live;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnLocal;

/// <summary>
/// Follows a deployment to its end and tells it. The host carries it out: when this process is killed nothing is lost,
/// when the host is killed this process finds the next one.
/// </summary>
/// <param name="onInterrupt">What a signal to this process means for the deployment.</param>
internal sealed class DeploymentWatch(CommandContext context, HostEnvironment environment, string application, int deployment, OnInterrupt onInterrupt)
{
    /// <summary>A host that was killed is back within 2 s; a machine that is asleep takes longer.</summary>
    private static readonly TimeSpan HostBackWithin = TimeSpan.FromSeconds(30);

    /// <summary>A pause up to this journal entry is what the command came to end, not how it ends.</summary>
    public long PausesCountAfter { get; init; }

    /// <summary>The end that this command was given to bring about: `abort` wants the deployment to end inconclusively.</summary>
    public ExitCode Wanted { get; init; } = ExitCode.Done;

    private readonly List<JournalEntry> entries = [];
    private RolloutState? state;
    private bool signalled;

    /// <summary>Follows to a final state, a pause, or until the signal's work is done.</summary>
    public async Task<ExitCode> FollowAsync(ControlClient client)
    {
        var exit = await FollowToEndAsync(client);
        var report = ReportBuilder.From(entries);
        if (report is not null)
        {
            WriteResult(report);
            await JobSummary.AppendAsync(report, context);
        }

        if (exit is ExitCode.Done || exit == Wanted)
        {
            return ExitCode.Done;
        }

        if (exit == ExitCode.Inconclusive)
        {
            context.Surroundings.Messages.WriteLine("  → judging needs traffic: send some while deploying, lengthen rollout.patience, or lower rollout.minimumRequests");
        }

        return new ErrorWriter(context).Ends(exit);
    }

    private async Task<ExitCode> FollowToEndAsync(ControlClient client)
    {
        var teller = new ProgressTeller();
        using var view = LiveView.For(context, teller);
        using var heartbeat = context.Progress.Heartbeat(() => teller.Heartbeat(context.Clock.GetUtcNow()));
        while (true)
        {
            try
            {
                await foreach (var entry in client.FollowAsync(application, deployment, entries.Count == 0 ? 0 : entries[^1].Seq, Stop))
                {
                    entries.Add(entry);
                    state = (entry as TransitionEntry)?.State ?? state;
                    view.Show(entry);
                    if (state is { Phase: Phase.Paused } && entry.Seq > PausesCountAfter)
                    {
                        return state.Exit ?? ExitCode.Bug;
                    }
                }

                // Not before the host has ended the journal: by then the reports are written and the next deployment may begin.
                if (state is { IsFinal: true })
                {
                    return state.Exit ?? ExitCode.Bug;
                }

                throw new ExpectedException(
                    ExitCode.TargetFailed, $"deployment {deployment} ended without a word in its journal", "see `mldeploy status` for what serves, and the host's log (`mldeploy host status`)");
            }
            catch (OperationCanceledException) when (!signalled && context.Interruption.ExitCode is { } code)
            {
                signalled = true;
                if (onInterrupt == OnInterrupt.Detach)
                {
                    context.Progress.State("detached: the host goes on judging; `mldeploy status` shows where it is, `mldeploy abort` ends it", Tone.Warning);
                    return code;
                }

                context.Progress.State("interrupted: bringing stable back", Tone.Warning);
                await InterruptAsync(client, code == ExitCode.Terminated ? "SIGTERM" : "SIGINT");
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException)
            {
                context.Progress.State("the host is gone; looking for the next one", Tone.Warning);
                await ReturnAsync(client);
            }
        }
    }

    /// <summary>Until a signal came; what follows from it is done whatever the signal says.</summary>
    private CancellationToken Stop => signalled ? CancellationToken.None : context.Stop;

    /// <summary>Tells the host, or the next one when this one is just being killed.</summary>
    private async Task InterruptAsync(ControlClient client, string signal)
    {
        while (true)
        {
            try
            {
                await client.SteerAsync(application, "interrupt", new SteerRequest(Deployer.From(context).Holder, signal), CancellationToken.None);
                return;
            }
            catch (HttpRequestException)
            {
                await ReturnAsync(client);
            }
        }
    }

    /// <summary>Waits for the host's watcher to bring it back; when the watcher was killed too, starts one.</summary>
    private async Task ReturnAsync(ControlClient client)
    {
        var began = context.Clock.GetTimestamp();
        while (context.Clock.GetElapsedTime(began) < HostBackWithin)
        {
            try
            {
                await client.HostAsync(Stop);
                return;
            }
            catch (HttpRequestException) when (context.Clock.GetElapsedTime(began) < TimeSpan.FromSeconds(3))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), context.Clock, Stop);
            }
            catch (HttpRequestException)
            {
                using var next = await HostStarter.ConnectAsync(environment, Stop);
            }
        }

        throw new ExpectedException(ExitCode.TargetFailed, "the host did not come back", "run `mldeploy status`: it starts the host again and shows what serves");
    }

    private void WriteResult(DeploymentReport report)
    {
        var folder = environment.Paths.Application(application).Deployment(deployment);
        context.Results.Write("report", report, ReportDocument.Type, (text, palette) =>
        {
            text.WriteLine(palette.Paint(report.ExitCode is ExitCode.Done ? Tone.Good : Tone.Bad, report.Verdict));
            text.WriteLine($"report: {Path.Combine(folder, "report.html")}");
        });
    }
}
