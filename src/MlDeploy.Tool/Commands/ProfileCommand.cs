using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Model.Data;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Tool.Model;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy profile create|show|diff`</summary>
internal static class ProfileCommand
{
    private const string Group = "commands";

    private static readonly Argument<string[]> Data = new("data") { Description = "CSV with a header, JSON Lines, or gzip of either; several files are read as one; `-` is standard input.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Out = new("--out") { Description = "The profile to write.", HelpName = "FILE", Required = true };
    private static readonly Option<string?> Columns = new("--columns") { Description = "Only these columns, comma-separated.", HelpName = "NAMES" };
    private static readonly Option<string?> Prediction = new("--prediction") { Description = "The column that holds what the model answered.", HelpName = "NAME" };
    private static readonly Option<string[]> Types = Pairs("--type", "A column's kind, where the inferred one is wrong: number, category, boolean, text or time. Repeatable.", "NAME=KIND");
    private static readonly Option<string[]> Descriptions = Pairs("--describe", "What a feature means. Repeatable.", "NAME=TEXT");
    private static readonly Option<string[]> Units = Pairs("--unit", "What a feature is counted in, such as s or EUR. Repeatable.", "NAME=UNIT");
    private static readonly Option<string?> ModelVersion = new("--model-version") { Description = "The version of the model that was trained or tested on this data.", HelpName = "VERSION" };
    private static readonly Argument<string> File = new("file") { Description = "A profile." };
    private static readonly Option<bool> Ascii = new("--ascii") { Description = "Draw with plain letters; so does a terminal without UTF-8." };

    public static ToolCommand Create(CommonOptions options) =>
        new(Groups.Model, "profile", "The reference description of a model's inputs and outputs, made from training or test data.")
        {
            new ToolCommand(Group, "create", "Make a profile of data, in one pass and little memory.", CreateAsync)
            {
                Examples = ["mldeploy profile create test.csv.gz --out model/profile.json --unit amount=EUR --type zip=category"],
            }.With(Data).With(Out, Columns, Prediction, Types, Descriptions, Units, ModelVersion),
            new ToolCommand(Group, "show", "A profile's features as a table with small histograms.", ShowAsync).With(File).With(Ascii),
            DriftCommand.Diff(Group),
        };

    private static Task<ExitCode> CreateAsync(ParseResult parse, CommandContext context)
    {
        var kinds = Split(parse, Types).ToDictionary(pair => pair.Name, pair => Kind(pair.Name, pair.Value), StringComparer.Ordinal);
        var words = Words(parse);
        var files = parse.GetValue(Data)!;
        var columns = parse.GetValue(Columns)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reading = ModelInput.Data(files, new DataOptions { Columns = columns, Kinds = kinds, Prediction = parse.GetValue(Prediction), Workers = ModelInput.Workers }, context);
        foreach (var name in words.Keys.Where(name => reading.Window.Find(name) is null && name != parse.GetValue(Prediction)))
        {
            throw new ExpectedException(ExitCode.Usage, $"the data has no column '{name}'", NearestName.Of(name, reading.Window.Names) is { } near ? $"did you mean '{near}'?" : "--describe and --unit name columns of the data");
        }

        var profile = ProfileBuilder.Build(reading, [.. files.Select(file => Path.GetFileName(file))], parse.GetValue(ModelVersion), Seconds(context.Clock.GetUtcNow()), words, parse.GetValue(Prediction));
        var path = parse.GetValue(Out)!;
        Write(ModelInput.FullPath(path, context), path, ModelFiles.Write(profile));
        foreach (var advice in ProfileAdvice.Of(profile))
        {
            context.Progress.State(advice, Output.Tone.Warning);
        }

        context.Results.Write("profile-created", ProfileText.Summary(path, profile), ModelToolDocuments.Default.ProfileSummary, (text, _) =>
        {
            text.WriteLine($"{path}: {profile.Rows:N0} rows, {profile.Features.Length} features ({string.Join(", ", profile.Features.GroupBy(feature => feature.Kind).Select(group => $"{group.Count()} {group.Key.Word()}"))})");
            text.WriteLine($"see it with `mldeploy profile show {path}`");
        });
        return Task.FromResult(ExitCode.Done);
    }

    private static Task<ExitCode> ShowAsync(ParseResult parse, CommandContext context)
    {
        var file = parse.GetValue(File)!;
        var summary = ProfileText.Summary(file, ModelInput.Profile(file, context));
        var ascii = parse.GetValue(Ascii) || ModelText.IsPlain(context.Surroundings.Variable);
        context.Results.Write("profile-summary", summary, ModelToolDocuments.Default.ProfileSummary, (text, palette) => ProfileText.Write(text, palette, summary, ascii));
        return Task.FromResult(ExitCode.Done);
    }

    private static Option<string[]> Pairs(string name, string description, string help) => new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => [] };

    private static Dictionary<string, FeatureWords> Words(ParseResult parse)
    {
        var words = Split(parse, Descriptions).ToDictionary(pair => pair.Name, pair => new FeatureWords(pair.Value), StringComparer.Ordinal);
        foreach (var (name, unit) in Split(parse, Units))
        {
            words[name] = words.GetValueOrDefault(name, new FeatureWords()) with { Unit = unit };
        }

        return words;
    }

    private static List<(string Name, string Value)> Split(ParseResult parse, Option<string[]> option)
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var pair in parse.GetValue(option)!)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == pair.Length - 1)
            {
                throw new ExpectedException(ExitCode.Usage, $"{option.Name} wants {option.HelpName}, not '{pair}'", $"write {option.Name} {option.HelpName}");
            }

            var name = pair[..at];
            if (pairs.Exists(one => one.Name == name))
            {
                throw new ExpectedException(ExitCode.Usage, $"{option.Name} names '{name}' twice", "name every column once");
            }

            pairs.Add((name, pair[(at + 1)..]));
        }

        return pairs;
    }

    private static FeatureKind Kind(string name, string word) => FeatureKinds.Parse(word)
        ?? throw new ExpectedException(
            ExitCode.Usage, $"--type {name}={word}: there is no kind '{word}'",
            NearestName.Of(word, FeatureKinds.Names) is { } near ? $"did you mean '{near}'?" : $"kinds are {string.Join(", ", FeatureKinds.Names)}");

    private static DateTimeOffset Seconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    /// <summary>Whole or not at all: a deployment may read the profile at any time.</summary>
    private static void Write(string path, string shown, byte[] bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var beside = $"{path}.new";
            System.IO.File.WriteAllBytes(beside, bytes);
            System.IO.File.Move(beside, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot write {shown}: {failure.Message}", "name a file in a folder that you can write to", failure);
        }
    }
}
