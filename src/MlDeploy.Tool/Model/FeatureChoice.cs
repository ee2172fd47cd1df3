using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Tool.Model;

/// <summary>`drift --features`, `--except`: which of the reference's features are compared, its prediction among them; all by default.</summary>
internal sealed class FeatureChoice
{
    public static readonly Option<string[]> Features = Names("--features", "Compare these features of the reference only, comma-separated; repeatable.");
    public static readonly Option<string[]> Except = Names("--except", "Leave out these features of the reference, comma-separated; repeatable.");

    private readonly HashSet<string> only;
    private readonly HashSet<string> except;

    private FeatureChoice(IEnumerable<string> only, IEnumerable<string> except) =>
        (this.only, this.except) = (only.ToHashSet(StringComparer.Ordinal), except.ToHashSet(StringComparer.Ordinal));

    public static IEnumerable<Option> All => [Features, Except];

    /// <exception cref="ExpectedException">Exit 3: a name that the reference has not, both options, or nothing is left.</exception>
    public static FeatureChoice Of(ParseResult parse, ModelReference reference)
    {
        string[] known = [.. reference.Features.Select(feature => feature.Name), .. reference.Prediction is { } prediction ? [prediction.Name] : Array.Empty<string>()];
        var choice = new FeatureChoice(Read(parse, Features, known), Read(parse, Except, known));
        return choice switch
        {
            { only.Count: > 0, except.Count: > 0 } => throw new ExpectedException(ExitCode.Usage, "--features and --except both say what is compared", "name one of them"),
            { except.Count: > 0 } when !known.Any(choice.Takes) => throw new ExpectedException(ExitCode.Usage, "--except leaves nothing to compare", "leave at least one feature of the reference"),
            _ => choice,
        };
    }

    public bool Takes(string name) => only.Count > 0 ? only.Contains(name) : !except.Contains(name);

    /// <summary>What is not compared need not be read either.</summary>
    public ModelReference Narrowed(ModelReference reference) => reference
        .Without([.. reference.Features.Select(feature => feature.Name).Where(name => !Takes(name))])
        .WithPrediction(reference.Prediction is { } prediction && Takes(prediction.Name) ? prediction : null);

    public ImmutableArray<FeatureComparison> Compare(ModelReference reference, WindowSketch live, DistanceMeasure measure) =>
        [.. WindowComparison.Of(reference, live, measure).Where(one => Takes(one.Name))];

    private static IEnumerable<string> Read(ParseResult parse, Option<string[]> option, string[] known)
    {
        foreach (var name in (parse.GetValue(option) ?? []).SelectMany(text => known.Contains(text, StringComparer.Ordinal) ? [text] : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            yield return known.Contains(name, StringComparer.Ordinal) ? name : throw new ExpectedException(
                ExitCode.Usage, $"{option.Name}: the reference has no feature '{name}'",
                NearestName.Of(name, known) is { } near ? $"did you mean '{near}'?" : "name features of the reference (`mldeploy profile show` lists a profile's)");
        }
    }

    private static Option<string[]> Names(string name, string description) => new(name) { Description = description, HelpName = "NAMES", DefaultValueFactory = _ => [] };
}
