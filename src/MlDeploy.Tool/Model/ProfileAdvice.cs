using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Tool.Model;

/// <summary>Columns that a profile may have read otherwise than they were meant.</summary>
internal static class ProfileAdvice
{
    private const long EnoughRows = 1000;

    /// <summary>Values that come in quotes make a column suspicious from this share on.</summary>
    private const double MostOfThem = 0.95;

    public static IEnumerable<string> Of(ModelProfile profile)
    {
        foreach (var feature in profile.Features.Where(feature => feature.Sketch.Declared is null))
        {
            var sketch = feature.Sketch;
            if (feature.Kind is FeatureKind.Text or FeatureKind.Category && sketch.NumbersAsText >= MostOfThem * sketch.NameCount)
            {
                yield return $"{ModelText.Name(feature.Name)}: its numbers come in quotes and were read as text; if they are numbers: --type {ModelText.Name(feature.Name)}=number";
            }
            else if (IsRunning(profile, sketch))
            {
                yield return $"{ModelText.Name(feature.Name)} counts the rows: live values will lie beyond it; --type {ModelText.Name(feature.Name)}=text keeps it out of comparisons";
            }
        }
    }

    /// <summary>Whole numbers without a gap, as many as there are rows.</summary>
    private static bool IsRunning(ModelProfile profile, FeatureState sketch) =>
        profile.Rows >= EnoughRows && sketch.Digest is { } digest && double.IsInteger(digest.Min) && digest.Max - digest.Min + 1 == profile.Rows && digest.Weights.Sum() == profile.Rows;
}
