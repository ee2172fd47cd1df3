using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// Which slices gates judge by themselves: the most frequent values of the named features, of the profile or else of what stable was asked. Chosen before traffic
/// moves, since the budget is split over them.
/// </summary>
internal static class SliceChoice
{
    /// <summary>Ends of the bins that are no value.</summary>
    private const int NoValues = 2;

    /// <param name="asked">Without a profile: what stable was asked of late; null on a first deployment.</param>
    /// <returns>Null when no gate has slices.</returns>
    /// <exception cref="ExpectedException">Exit 3: a feature has no values to slice by.</exception>
    public static (ImmutableArray<JudgedSlice>? Slices, ImmutableArray<string> Notes) Of(ImmutableArray<Gate> gates, ModelReference reference, WindowSketch? asked)
    {
        var features = gates.SelectMany(gate => gate.Slices).Distinct(StringComparer.Ordinal).ToArray();
        if (features.Length == 0)
        {
            return (null, []);
        }

        var notes = ImmutableArray.CreateBuilder<string>();
        var slices = ImmutableArray.CreateBuilder<JudgedSlice>();
        foreach (var feature in features)
        {
            var values = reference.Features.IsEmpty ? Seen(feature, asked, notes) : Known(feature, reference);
            var room = Math.Min(JudgedSlice.MostValues, JudgedSlice.Most - slices.Count);
            slices.AddRange(values.Take(room).Select(value => new JudgedSlice(feature, value)));
            if (values.Length > room)
            {
                notes.Add($"slices of {feature}: the {room} most frequent of {values.Length} values are judged by themselves ({string.Join(", ", values.Take(room))})");
            }
        }

        if (gates.Any(gate => !gate.Slices.IsEmpty && gate.Metric is "model.inputs.drift" or "model.inputs.missing" or "model.prediction.profile"))
        {
            notes.Add("slices are compared with the whole profile: where a slice is different by nature, give its gate a limit that says so, or leave that feature to a gate without slices");
        }

        return (slices.ToImmutable(), notes.ToImmutable());
    }

    private static ImmutableArray<string> Known(string name, ModelReference reference)
    {
        if (reference.Find(name) is not { } feature)
        {
            throw new ExpectedException(
                ExitCode.Usage, $"slices of {name}: the profile has no such feature",
                NearestName.Of(name, reference.Features.Select(one => one.Name)) is { } near ? $"did you mean {near}?" : "name a category of the profile (`mldeploy profile show` lists them)");
        }

        return feature.Partition is { IsNumeric: false } partition
            ? [.. partition.Labels.Take(partition.Count - NoValues)]
            : throw new ExpectedException(
                ExitCode.Usage, $"slices of {name}: it is {feature.Kind.Word()} in the profile, and slices are values of a category", $"slice by a category, or make the profile with `--type {name}=category`");
    }

    private static ImmutableArray<string> Seen(string name, WindowSketch? asked, ImmutableArray<string>.Builder notes)
    {
        if (asked?.Find(name) is { Names.Count: > 0 } sketch)
        {
            return [.. sketch.Names.Categories.Select(category => category.Name)];
        }

        notes.Add($"slices of {name} are not judged by themselves: without a profile, and with nothing that stable was asked, its values are not known beforehand");
        return [];
    }
}
