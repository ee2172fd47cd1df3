namespace MlDeploy.Core.Model.Sketches;

/// <summary>Tells a feature's kind from its values, where nobody has declared it.</summary>
internal static class FeatureKindRule
{
    /// <summary>So large a part of the values decides; the rest is counted as what it is and shown.</summary>
    private const double MostOfThem = 0.95;

    /// <summary>Fewer rows tell nothing about whether values repeat.</summary>
    private const long EnoughToRepeat = 100;

    public static FeatureKind Of(FeatureSketch sketch)
    {
        var (numbers, names) = (sketch.NumberCount, sketch.Names.Count);
        if (numbers + names == 0)
        {
            return FeatureKind.Empty;
        }

        if (numbers >= MostOfThem * (numbers + names))
        {
            return FeatureKind.Number;
        }

        if (sketch.Times >= MostOfThem * (numbers + names))
        {
            return FeatureKind.Time;
        }

        return IsBoolean(sketch.Names) && numbers == 0 ? FeatureKind.Boolean : Repeats(sketch.Names) ? FeatureKind.Category : FeatureKind.Text;
    }

    private static bool IsBoolean(CategorySketch names) =>
        names.IsExact && names.Distinct <= 2 && names.Categories.All(one => one.Name is "true" or "false" or "True" or "False" or "TRUE" or "FALSE");

    /// <summary>Half of the values have a name that others have too.</summary>
    private static bool Repeats(CategorySketch names) =>
        names.IsExact ? names.Count < EnoughToRepeat || names.Distinct <= names.Count / 2 : names.Shared >= 0.5;
}
