using System.CommandLine;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Notifications;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Model;

/// <summary>`drift --every`: looks again and again, and tells the manifest's receivers when features get beyond the limit, and when they are back.</summary>
internal static class DriftWatching
{
    public static readonly Option<string?> Every = new("--every") { Description = "Keep watching: look again every so often, and notify as the manifest says when features get beyond the limit.", HelpName = "DURATION" };
    public static readonly Option<int?> Looks = new("--looks") { Description = "With --every: end after so many looks, exit 10 when the last is beyond; default: until interrupted.", HelpName = "NUMBER" };

    /// <summary>Null: one look, and no more.</summary>
    /// <exception cref="ExpectedException">It is no duration.</exception>
    public static TimeSpan? Period(ParseResult parse) => parse.GetValue(Every) is { } text ? LiveOptions.Span(Every, text) : null;

    /// <param name="look">Tells one comparison, and hands back its document.</param>
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context, Func<Task<(ExitCode Exit, DriftDocument Document)>> look)
    {
        if (parse.GetValue(Every) is null)
        {
            return parse.GetValue(Looks) is null ? (await look()).Exit : throw new ExpectedException(ExitCode.Usage, "--looks counts the looks of --every, which is not set", "add --every, or leave --looks out");
        }

        var (every, most) = (Period(parse)!.Value, parse.GetValue(Looks));
        if (most is < 1)
        {
            throw new ExpectedException(ExitCode.Usage, $"--looks is at least 1, not {most}", "leave it out to watch until you interrupt");
        }

        var receivers = await ReceiversAsync(parse, context);
        string[] known = [];
        for (var number = 1; ; number++)
        {
            var began = context.Clock.GetUtcNow();
            var (exit, document) = await look();
            string[] beyond = [.. document.Features.Where(feature => feature.Beyond).Select(feature => feature.Name)];
            if (News(document, known, beyond, began) is { } news)
            {
                context.Progress.State(news.Text, beyond.Length > 0 ? Tone.Bad : Tone.Good);
                await TellAsync(receivers, news, parse, context);
            }

            known = beyond;
            if (number == most)
            {
                return exit;
            }

            var rest = began + every - context.Clock.GetUtcNow();
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, context.Clock, context.Stop);
        }
    }

    private static Notification? News(DriftDocument document, string[] known, string[] beyond, DateTimeOffset at)
    {
        var (live, max) = (string.Join(", ", document.Live), document.Max?.ToString(CultureInfo.InvariantCulture));
        return beyond.Except(known, StringComparer.Ordinal).Any()
            ? new Notification($"drift in {live}: {string.Join(", ", beyond.Take(5))}{(beyond.Length > 5 ? $" and {beyond.Length - 5} more" : "")} beyond {max}, from {document.Rows.ToString("N0", CultureInfo.InvariantCulture)} rows beside {document.Reference}.", "drift", live, live, null, null, at)
            : beyond.Length == 0 && known.Length > 0 ? new Notification($"drift in {live} has ended: nothing is beyond {max} any more.", "drift ended", live, live, null, null, at)
            : null;
    }

    /// <summary>Null without a manifest at hand: then only this terminal is told.</summary>
    private static async Task<AppManifest?> ReceiversAsync(ParseResult parse, CommandContext context) =>
        File.Exists(Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory)) ? await ManifestFile.LoadAsync(parse, context) : null;

    private static async Task TellAsync(AppManifest? manifest, Notification news, ParseResult parse, CommandContext context)
    {
        if (manifest?.Notifications.On.Contains(NotificationKind.Drift) == true)
        {
            await Outbox.TellAsync(LocalTarget.Environment(context), manifest, Secrets.Webhooks(manifest, context), NotificationKind.Drift, news with { Application = manifest.Name }, context.Surroundings.Variable);
            if (LiveOptions.IsOnAws(parse, context) && !manifest.Notifications.Email.IsEmpty)
            {
                await AwsLiveData.TellAsync(news.Event, news.Text, parse, context);
            }
        }
    }
}
