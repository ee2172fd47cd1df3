using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Model;

/// <summary>Live data and what it is compared with.</summary>
internal sealed record LiveComparison(string ReferenceName, ModelReference Reference, string Name, WindowSketch Window);

/// <summary>`drift` without data: a window of what this machine's gateway captured.</summary>
internal static class LiveOptions
{
    /// <summary>A day is quiet: it holds all times of day once.</summary>
    private const string Day = "24h";

    public static readonly Option<string?> Version = new("--version") { Description = "Live data of this version, a label or an id; default: stable.", HelpName = "VERSION" };
    public static readonly Option<string?> Since = new("--since") { Description = "Live data of this long; default 24h. Older than two hours it is kept by the hour.", HelpName = "DURATION" };
    public static readonly Option<string?> Against = new("--against") { Description = "Compare live data with another version's over the same time, or with a time just before it, such as 24h, instead of a profile.", HelpName = "VERSION|DURATION" };

    private static readonly Option[] All = [Version, Since, Against];

    /// <exception cref="ExpectedException">An option that would be ignored.</exception>
    public static void RefuseBesideData(ParseResult parse)
    {
        if (All.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } option)
        {
            throw new ExpectedException(ExitCode.Usage, $"{option.Name} chooses live data, and data is named too", $"name the data, or {option.Name}");
        }
    }

    public static async Task<LiveComparison> ReadAsync(ParseResult parse, CommandContext context, string? profile)
    {
        if (parse.GetValue(context.Options.Target) != "local")
        {
            throw new ExpectedException(ExitCode.Usage, "live data is read from the local target", "name files of data or of sketches, or a folder with --merge");
        }

        if (parse.GetValue(context.Options.Application) is null && parse.GetResult(context.Options.File) is null or { Implicit: true } && !File.Exists(Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory)))
        {
            throw new ExpectedException(ExitCode.Usage, "there is nothing to compare: no data is named, and no application whose live data could be", "name files of data or windows, a folder of windows with --merge, or an application with --file or --app");
        }

        var name = await Applications.NameAsync(parse, context);
        LocalTarget.Existing(context, name);
        using (var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop))
        {
            await client.SaveWindowsAsync(name, context.Stop);
        }

        var (now, since) = (context.Clock.GetUtcNow(), Span(Since, parse.GetValue(Since) ?? Day));
        var live = Read(context, name, parse.GetValue(Version), now - since, DateTimeOffset.MaxValue);
        var what = $"{live.Version} in the last {Words.Of(since)}";
        var window = live.Window ?? throw Nothing(what);
        return parse.GetValue(Against) is { } against
            ? Compare(against, profile, what, window, context, name, live.Version, now - since)
            : Beside(profile ?? live.Profile ?? await DriftCommand.FromManifestAsync(parse, context), profile is null && live.Profile is not null ? $"the profile of {live.Version}" : null, what, window, context);
    }

    /// <exception cref="ExpectedException">It is no duration.</exception>
    public static TimeSpan Span(Option option, string text) => Quantity.Duration(text) is { } span && span > TimeSpan.Zero ? span
        : throw new ExpectedException(ExitCode.Usage, $"{option.Name} is a duration, not '{text}'", $"write {option.Name} 24h, 90m or 30s");

    private static LiveComparison Compare(string against, string? profile, string what, WindowSketch window, CommandContext context, string name, string version, DateTimeOffset from)
    {
        if (profile is not null)
        {
            throw new ExpectedException(ExitCode.Usage, "--profile and --against both say what to compare with", "name one of them");
        }

        var before = Quantity.Duration(against) is { } span && span > TimeSpan.Zero ? span : (TimeSpan?)null;
        var other = before is { } length ? Read(context, name, version, from - length, from) : Read(context, name, against, from, DateTimeOffset.MaxValue);
        var called = before is { } time ? $"{version} in the {Words.Of(time)} before" : $"{other.Version} in the same time";
        return new LiveComparison(called, ModelReference.Of(other.Window ?? throw Nothing(called)), what, window);
    }

    private static LiveComparison Beside(string file, string? called, string what, WindowSketch window, CommandContext context) =>
        new(called ?? file, ModelInput.Reference(file, context), what, window);

    private static LiveWindow Read(CommandContext context, string name, string? version, DateTimeOffset from, DateTimeOffset to) =>
        LiveWindows.Read(LocalTarget.Paths(context), name, version, from, to, context.Clock);

    private static ExpectedException Nothing(string what) => new(
        ExitCode.Usage, $"nothing was captured of {what}", "see `mldeploy status` for what is captured; capture needs `model` in the manifest, and requests through the gateway");
}
