using System.Globalization;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Model;

/// <summary>A profile as a reader sees it.</summary>
internal static class ProfileText
{
    private const int Bins = 16;
    private const int MostCategories = 10;
    private const int LongestNames = 30;

    public static ProfileSummary Summary(string file, ModelProfile profile) => new(
        file, profile.ModelVersion, profile.CreatedAt, profile.Data, profile.Rows,
        [.. profile.Features.Select(feature => Summary(feature, profile.Rows))], profile.Prediction is { } prediction ? Summary(prediction, profile.Rows) : null);

    public static void Write(TextWriter text, Palette palette, ProfileSummary profile, bool ascii)
    {
        var version = profile.ModelVersion is { } named ? $" of model version {named}" : "";
        text.WriteLine($"profile{version}: {profile.Rows.ToString("N0", CultureInfo.InvariantCulture)} rows, {profile.Features.Length} features{(profile.CreatedAt is { } at ? $", made {at:yyyy-MM-dd HH:mm} UTC" : "")}");
        if (profile.Data is { } data)
        {
            text.WriteLine($"data: {ModelText.Cut(string.Join(", ", data.Files), 60)} ({Sizes.Text(data.Bytes)}, sha256 {ModelText.Cut(data.Sha256, 13)})");
        }

        text.WriteLine();
        var table = new Table("feature", "kind", ">missing", ">p05", ">median", ">p95", "distribution");
        foreach (var feature in profile.Features.Concat(profile.Prediction is { } prediction ? [prediction with { Name = $"→ {prediction.Name}" }] : []))
        {
            table.Add(ModelText.Name(feature.Name), feature.Kind, ModelText.Share(feature.Missing), Number(feature.P05), Number(feature.Median), Number(feature.P95), Distribution(feature, ascii));
        }

        table.Write(text, palette);
        foreach (var feature in profile.Features.Where(feature => feature.Description is not null || feature.Unit is not null))
        {
            text.WriteLine($"{ModelText.Name(feature.Name)}{(feature.Unit is { } unit ? $" [{unit}]" : "")}: {feature.Description ?? "–"}");
        }
    }

    private static string? Number(double? value) => value is { } known ? ModelText.Number(known) : null;

    private static string? Distribution(FeatureSummary feature, bool ascii)
    {
        if (feature.Histogram.Length > 0)
        {
            return Histogram.Draw([.. feature.Histogram], ascii).TrimEnd();
        }

        return feature.Categories.IsEmpty ? null : ModelText.Cut(string.Join(' ', feature.Categories.Select(one => $"{one.Name} {100 * one.Share:0}%")), LongestNames);
    }

    private static FeatureSummary Summary(FeatureProfile feature, long rows)
    {
        var sketch = SketchStates.Feature(feature.Sketch);
        var numbers = feature.Kind == FeatureKind.Number && sketch.Numbers.Count > 0 ? sketch.Numbers : null;
        var categories = feature.Kind.IsNamed() ? sketch.Names.Categories.Take(MostCategories) : [];
        return new FeatureSummary(
            feature.Name, feature.Kind.Word(), feature.Description, feature.Unit,
            (double)feature.Missing / Math.Max(1, rows),
            (double)(sketch.Numbers.NaN + sketch.Numbers.PositiveInfinite + sketch.Numbers.NegativeInfinite) / Math.Max(1, rows),
            numbers?.Min, numbers?.Quantile(0.05), numbers?.Quantile(0.5), numbers?.Quantile(0.95), numbers?.Max, numbers?.Mean is { } mean && double.IsFinite(mean) ? mean : null,
            [.. categories.Select(one => new CategoryShare(one.Name, (double)one.Count / sketch.Names.Count))],
            numbers is null ? [] : [.. Histogram.Shares(numbers, Bins)]);
    }
}
