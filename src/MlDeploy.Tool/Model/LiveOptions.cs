using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Model;

/// <summary>Live data and what it is compared with.</summary>
/// <param name="Reading">Null where all that was captured is in the window.</param>
/// <param name="ReferenceReading">The same of the reference, where that is live data too.</param>
internal sealed record LiveComparison(string ReferenceName, ModelReference Reference, string Name, WindowSketch Window, LiveReading? Reading = null, LiveReading? ReferenceReading = null);

/// <summary>`drift` without data: a window of what a version was asked of late, from the target.</summary>
internal static class LiveOptions
{
    /// <summary>A day is quiet: it holds all times of day once.</summary>
    private const string Day = "24h";

    public static readonly Option<string?> Version = new("--version") { Description = "Live data of this version, a label or an id; on aws also a task definition; default: stable.", HelpName = "VERSION" };
    private static readonly Option<string?> Since = new("--since") { Description = "Live data of this long; default 24h. On the local target it is kept by the hour when older than two hours.", HelpName = "DURATION" };
    private static readonly Option<string?> Against = new("--against") { Description = "Compare live data with another version's over the same time, or with a time just before it, such as 24h, instead of a profile.", HelpName = "VERSION|DURATION" };

    public static Option[] All => [Version, Since, Against];

    /// <exception cref="ExpectedException">An option that would be ignored.</exception>
    public static void RefuseBesideData(ParseResult parse)
    {
        if (All.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } option)
        {
            throw new ExpectedException(ExitCode.Usage, $"{option.Name} chooses live data, and data is named too", $"name the data, or {option.Name}");
        }
    }

    public static Task<LiveComparison> ReadAsync(ParseResult parse, CommandContext context, string? profile)
    {
        if (parse.GetValue(context.Options.Application) is null && parse.GetResult(context.Options.File) is null or { Implicit: true } && !File.Exists(Path.GetFullPath(ManifestFile.Name(parse), context.Surroundings.WorkingDirectory)))
        {
            throw new ExpectedException(ExitCode.Usage, "there is nothing to compare: no data is named, and no application whose live data could be", "name files of data or windows, a folder of windows with --merge, or an application with --file or --app");
        }

        var against = parse.GetValue(Against);
        if (profile is not null && against is not null)
        {
            throw new ExpectedException(ExitCode.Usage, "--profile and --against both say what to compare with", "name one of them");
        }

        var asked = new LiveRequest(parse.GetValue(Version), Span(Since, parse.GetValue(Since) ?? Day), profile, against);
        return IsOnAws(parse, context) ? AwsLiveData.ReadAsync(asked, parse, context) : LocalLiveData.ReadAsync(asked, parse, context);
    }

    public static bool IsOnAws(ParseResult parse, CommandContext context) => parse.GetValue(context.Options.Target) == TargetChoice.Aws;

    /// <exception cref="ExpectedException">It is no duration.</exception>
    public static TimeSpan Span(Option option, string text) => Quantity.Duration(text) is { } span && span > TimeSpan.Zero ? span
        : throw new ExpectedException(ExitCode.Usage, $"{option.Name} is a duration, not '{text}'", $"write {option.Name} 24h, 90m or 30s");
}

/// <param name="Version">Null: stable.</param>
/// <param name="Profile">A file to compare with; null: what the target or the manifest knows.</param>
/// <param name="Against">A version or a duration to compare with instead of a profile.</param>
internal sealed record LiveRequest(string? Version, TimeSpan Since, string? Profile, string? Against)
{
    /// <summary>How long a time before it is compared with; null where that is another version, or a profile.</summary>
    public TimeSpan? Before => Against is { } text && Quantity.Duration(text) is { } span && span > TimeSpan.Zero ? span : null;
}
