using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Predictions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Rollout;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Model;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`drift --target aws` without data: a window of the predictions that a version's tasks logged.</summary>
internal sealed class AwsLiveData
{
    /// <summary>A look reads up to <see cref="PastPredictions.MostPages"/> pages: more often would hold up whoever else reads the account's logs.</summary>
    private static readonly TimeSpan LeastEvery = TimeSpan.FromMinutes(1);

    private readonly AwsSession session;
    private readonly StandingApplication application;
    private readonly CaptureSettings settings;
    private readonly CommandContext context;

    private AwsLiveData(AwsSession session, StandingApplication application, CaptureSettings settings, CommandContext context) =>
        (this.session, this.application, this.settings, this.context) = (session, application, settings, context);

    public static async Task<LiveComparison> ReadAsync(LiveRequest asked, ParseResult parse, CommandContext context)
    {
        if (DriftWatching.Period(parse) < LeastEvery)
        {
            throw new ExpectedException(ExitCode.Usage, $"--every is at least {Words.Of(LeastEvery)} on aws: each look reads the application's log anew", "look less often, such as --every 1h");
        }

        var manifest = await ManifestFile.LoadAsync(parse, context);
        var settings = Settings(manifest, ManifestFile.Name(parse));
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await StandingApplication.FindAsync(session, name, context.Stop) ?? throw AwsAccess.NotProvisioned(name, StackNames.Of(name, StackKind.Application));
            return await new AwsLiveData(session, application, settings, context).ReadAsync(asked, manifest, parse);
        }
    }

    private async Task<LiveComparison> ReadAsync(LiveRequest asked, AppManifest manifest, ParseResult parse)
    {
        var now = context.Clock.GetUtcNow();
        var from = now - asked.Since;
        var log = await LogAsync(asked.Version ?? "stable");
        var what = $"{log.Name} in the last {Words.Of(asked.Since)}";
        if (asked.Against is { } against)
        {
            // A reference without bins of its own: names of features whose places the line does not name are the profile's.
            var names = ModelJudging.Inputs(ModelProfiles.Read(manifest)?.Profile, settings.Exclude);
            var other = asked.Before is null ? await LogAsync(against) : log;
            var called = asked.Before is { } time ? $"{log.Name} in the {Words.Of(time)} before" : $"{other.Name} in the same time";
            var before = asked.Before is { } length ? await ReadAsync(other, names, from - length, from, called) : await ReadAsync(other, names, from, now, called);
            var known = ModelReference.Of(before.Window);
            var live = await ReadAsync(log, known, from, now, what);
            return new LiveComparison(called, known, what, live.Window, Told(live), Told(before));
        }

        var file = asked.Profile ?? await DriftCommand.FromManifestAsync(parse, context);
        var reference = ModelInput.Reference(file, context).Without(settings.Exclude);
        if (asked.Profile is null && log.Profile is { } deployed && deployed != ModelEvidence.Digest(ModelProfiles.Read(manifest)))
        {
            context.Progress.State($"{log.Name} was deployed with another profile than {file}, which it is compared with", Tone.Warning);
        }

        var window = await ReadAsync(log, reference, from, now, what);
        return new LiveComparison(file, reference, what, window.Window, Told(window));
    }

    private async Task<PastWindow> ReadAsync(VersionLog log, ModelReference reference, DateTimeOffset from, DateTimeOffset to, string what)
    {
        using var heartbeat = context.Progress.Heartbeat(() => $"reading the log of {what}");
        var read = await new PastPredictions(session.Logs, log, settings, context.Clock).ReadAsync(reference, from, to, context.Stop);
        return read.Window.Rows > 0 ? read : throw new ExpectedException(
            ExitCode.Usage, $"no prediction of {what} is in the log group {log.Group}{read.Others}", PredictionLineFormat.Advice(settings, reference));
    }

    private async Task<VersionLog> LogAsync(string version)
    {
        var group = application[StackOutputs.LogGroup]
            ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {application.Stack.StackName} ({application.Stack.StackStatus}) tells of no log", "`mldeploy provision --target aws` brings the stack to what the manifest says");
        var logs = new ArmLogs(session, application, group, context);
        return await logs.DefinitionAsync(version) is { } definition
            ? await VersionLog.OfDefinitionAsync(session, application.Name, definition, context.Stop)
            : new VersionLog(version, group, await logs.FindAsync(version) with { Container = LogicalIds.Container });
    }

    /// <exception cref="ExpectedException">Exit 3: nothing says where a line has features and prediction.</exception>
    private static CaptureSettings Settings(AppManifest manifest, string file)
    {
        var line = PredictionLineFormat.Example(manifest.Model?.Log ?? new PredictionLogSettings());
        return manifest.Model is { Log: not null } ? CaptureSettings.From(manifest)! : throw new ExpectedException(
            ExitCode.Usage,
            $"on aws drift is read from what the application logs of its predictions, and {file} has no model.log",
            $"write each prediction as one line of standard output, such as {line}, and set model.log: {{}} (docs/prediction-log.md)");
    }

    private static LiveReading Told(PastWindow read) => new(read.Window.Rows, read.Logged, read.Whole, read.Unparsable);

    /// <summary>Mails to those whom `notifications.email` names; what cannot be told ends nothing.</summary>
    public static async Task TellAsync(string happened, string sentence, ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            if (await StandingApplication.FindAsync(session, name, context.Stop) is { } application && DeploymentPlace.IfTold(application) is { } place)
            {
                await new Announcements(session, place, asked: true, text => context.Progress.State(text, Tone.Warning)).TellAsync(happened, sentence, context.Stop);
            }
        }
    }
}
