using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Model;

namespace MlDeploy.Tool.OnLocal;

/// <summary>`drift` without data: a window of what this machine's gateway captured.</summary>
internal static class LocalLiveData
{
    public static async Task<LiveComparison> ReadAsync(LiveRequest asked, ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        LocalTarget.Existing(context, name);
        using (var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop))
        {
            await client.SaveWindowsAsync(name, context.Stop);
        }

        var from = context.Clock.GetUtcNow() - asked.Since;
        var live = Read(context, name, asked.Version, from, DateTimeOffset.MaxValue);
        var what = $"{live.Version} in the last {Words.Of(asked.Since)}";
        var window = live.Window ?? throw Nothing(what);
        if (asked.Against is { } against)
        {
            var other = asked.Before is { } length ? Read(context, name, live.Version, from - length, from) : Read(context, name, against, from, DateTimeOffset.MaxValue);
            var called = asked.Before is { } time ? $"{live.Version} in the {Words.Of(time)} before" : $"{other.Version} in the same time";
            return new LiveComparison(called, ModelReference.Of(other.Window ?? throw Nothing(called)), what, window);
        }

        var file = asked.Profile ?? live.Profile ?? await DriftCommand.FromManifestAsync(parse, context);
        return new LiveComparison(asked.Profile is null && live.Profile is not null ? $"the profile of {live.Version}" : file, ModelInput.Reference(file, context).Without(live.Exclude), what, window);
    }

    private static LiveWindow Read(CommandContext context, string name, string? version, DateTimeOffset from, DateTimeOffset to) =>
        LiveWindows.Read(LocalTarget.Paths(context), name, version, from, to, context.Clock);

    private static ExpectedException Nothing(string what) => new(
        ExitCode.Usage, $"nothing was captured of {what}", "see `mldeploy status` for what is captured; capture needs `model` in the manifest, and requests through the gateway");
}
