using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Tool.Model;
using MlDeploy.Tool.Model.Engines;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy drift`, and `mldeploy profile diff`, which is the same between two profiles.</summary>
internal static class DriftCommand
{
    /// <summary>What `monitoring.drift.max` is by default, too: clearly more than seasons and chance usually make, clearly less than a shift by half a standard deviation (0.33).</summary>
    private const double DefaultMax = 0.20;

    private static readonly string[] Measures = ["overlap", "ks", "psi", "wasserstein"];

    private static readonly Argument<string[]> Data = new("data") { Description = "The window: CSV, JSON Lines, gzip of either, or windows of sketches; several are taken as one; `-` is standard input. Default: live data of stable, from the target.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Profile = new("--profile") { Description = "The reference: a profile, or another window or data; default: the profile that live data's version was deployed with (on the local target), else the manifest's model.profile.", HelpName = "FILE" };
    private static readonly Option<string?> Merge = new("--merge") { Description = "Take all windows of sketches in this folder as one.", HelpName = "FOLDER" };
    private static readonly Option<double> Max = new("--max") { Description = "The largest distance that is well; default 0.2. Absent and retyped features are never well.", HelpName = "NUMBER", DefaultValueFactory = _ => DefaultMax };
    private static readonly Option<double?> DiffMax = new("--max") { Description = "Exit 10 when a feature is farther than this, absent or retyped; default: only tell.", HelpName = "NUMBER" };
    private static readonly Option<string> Measure = new Option<string>("--measure") { Description = $"One of {string.Join(", ", Measures)}; default overlap.", HelpName = "NAME", DefaultValueFactory = _ => "overlap" }.OneOf(Measures);
    private static readonly Option<string?> Prediction = new("--prediction") { Description = "The data's column that holds what the model answered.", HelpName = "NAME" };
    private static readonly Argument<string> Before = new("before") { Description = "The profile (or window, or data) of before." };
    private static readonly Argument<string> After = new("after") { Description = "The one of after." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Model, "drift", "How far live inputs and predictions are from the profile; exit 10 beyond the limit.", RunAsync)
        {
            Examples =
            [
                "mldeploy drift --since 1h",
                "mldeploy drift --target aws --every 1h --except campaign",
                "mldeploy drift --profile model/profile.json requests.jsonl.gz --max 0.2",
                "mldeploy drift --engine postgresql --table logs.requests --time-column at --from 24h",
            ],
            AnyTarget = true,
        }.With(Data).With([Profile, Merge, Max, Measure, .. FeatureChoice.All, Prediction, .. LiveOptions.All, DriftWatching.Every, DriftWatching.Looks, .. EngineOptions.All, .. options.Running]);

    public static ToolCommand Diff(string group) =>
        new ToolCommand(group, "diff", "What changed between two profiles: columns, kinds, distributions, missing values.", DiffAsync).With(Before, After).With(DiffMax, Measure);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        if (Engine(parse, context) is not { ShowSql: true } engine)
        {
            return await DriftWatching.RunAsync(parse, context, () => LookAsync(parse, context));
        }

        var known = ModelInput.Reference(parse.GetValue(Profile) ?? await FromManifestAsync(parse, context), context);
        var statements = EngineWindow.Sql(engine, FeatureChoice.Of(parse, known).Narrowed(known));
        context.Results.Write("drift-sql", new SqlDocument(engine.Engine, statements), ModelToolDocuments.Default.SqlDocument, (text, _) => text.WriteLine(string.Join("\n\n", statements.Select(one => $"{one};"))));
        return ExitCode.Done;
    }

    private static EngineRequest? Engine(ParseResult parse, CommandContext context) =>
        EngineOptions.Read(parse, context, parse.GetValue(Data)!.Length > 0 || parse.GetValue(Merge) is not null, parse.GetValue(Prediction));

    private static async Task<(ExitCode Exit, DriftDocument Document)> LookAsync(ParseResult parse, CommandContext context)
    {
        var engine = Engine(parse, context);
        var live = engine is null ? Files(parse, context) : [engine.Name];
        if (live.Count == 0)
        {
            var seen = await LiveOptions.ReadAsync(parse, context, parse.GetValue(Profile));
            var told = FeatureChoice.Of(parse, seen.Reference).Compare(seen.Reference, seen.Window, Chosen(parse));
            return Tell("drift", parse, context, seen.ReferenceName, [seen.Name], seen.Reference, told, seen.Window.Rows, parse.GetValue(Max), of: seen);
        }

        LiveOptions.RefuseBesideData(parse);
        var profile = parse.GetValue(Profile) ?? await FromManifestAsync(parse, context);
        var reference = ModelInput.Reference(profile, context);
        var choice = FeatureChoice.Of(parse, reference);
        var window = engine is null ? ModelInput.Window(live, reference, parse.GetValue(Prediction), context) : await EngineWindow.ReadAsync(engine, choice.Narrowed(reference), context);
        return Tell("drift", parse, context, profile, live, reference, choice.Compare(reference, window, Chosen(parse)), window.Rows, parse.GetValue(Max));
    }

    private static Task<ExitCode> DiffAsync(ParseResult parse, CommandContext context)
    {
        var (before, after) = (parse.GetValue(Before)!, parse.GetValue(After)!);
        var (reference, live) = (ModelInput.Reference(before, context), ModelInput.Reference(after, context));
        return Task.FromResult(Tell("profile-diff", parse, context, before, [after], reference, WindowComparison.Of(reference, live.AsWindow(), Chosen(parse)), live.Rows, parse.GetValue(DiffMax)).Exit);
    }

    private static (ExitCode Exit, DriftDocument Document) Tell(
        string kind, ParseResult parse, CommandContext context, string profile, IReadOnlyList<string> live, ModelReference reference, ImmutableArray<FeatureComparison> compared, long rows, double? max, LiveComparison? of = null)
    {
        if (max is not (null or >= 0))
        {
            throw new ExpectedException(ExitCode.Usage, $"--max is a distance, not {max}", "overlap and ks lie between 0 (identical) and 1 (disjoint)");
        }

        var measure = Chosen(parse);
        ImmutableArray<ComparedFeature> features = [.. compared.Select(one => ComparedFeature.Of(one, max))];
        var document = new DriftDocument(profile, [.. live], Measures[(int)measure], max, reference.Rows, rows, features.Count(one => one.Beyond), features, of?.Reading, of?.ReferenceReading);
        context.Results.Write(kind, document, ModelToolDocuments.Default.DriftDocument, (text, palette) =>
        {
            text.WriteLine($"{rows:N0} rows{(of is null ? "" : $" of {of.Name}")} beside {reference.Rows:N0} of {profile}");
            foreach (var (name, reading) in new[] { (of?.Name, of?.Reading), (profile, of?.ReferenceReading) })
            {
                text.Write(reading is null ? "" : $"{name}: {ModelText.Reading(reading)}\n");
            }

            text.WriteLine();
            ModelText.Comparison(features, document.Measure == "overlap" ? "distance" : document.Measure).Write(text, palette);
            if (max is not null)
            {
                text.WriteLine();
                text.WriteLine(document.Beyond == 0 ? $"nothing is beyond {max}" : $"beyond {max}, absent, retyped or missing: {string.Join(", ", features.Where(one => one.Beyond).Select(one => ModelText.Name(one.Name)))}");
            }
        });
        return (max is null || document.Beyond == 0 ? ExitCode.Done : ExitCode.DriftBeyondLimit, document);
    }

    private static DistanceMeasure Chosen(ParseResult parse) => (DistanceMeasure)Array.IndexOf(Measures, parse.GetValue(Measure));

    private static List<string> Files(ParseResult parse, CommandContext context)
    {
        var files = parse.GetValue(Data)!.ToList();
        if (parse.GetValue(Merge) is { } folder)
        {
            var path = ModelInput.FullPath(folder, context);
            var found = Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal).Select(file => Path.Combine(folder, Path.GetFileName(file))).ToList() : [];
            files.AddRange(found.Count > 0 ? found : throw new ExpectedException(ExitCode.Usage, $"there are no files in {folder}", "--merge names a folder of windows"));
        }

        return files;
    }

    public static async Task<string> FromManifestAsync(ParseResult parse, CommandContext context)
    {
        var manifest = await ManifestFile.LoadAsync(parse, context);
        var profile = manifest.Model?.Profile ?? throw new ExpectedException(ExitCode.Usage, $"{ManifestFile.Name(parse)} names no model.profile", "name the reference with --profile");
        return Path.Combine(Path.GetDirectoryName(ManifestFile.Name(parse)) ?? "", profile);
    }
}
