namespace MlDeploy.Core.Model.Sketches;

/// <summary>What the values of a feature are, and so how they are compared.</summary>
public enum FeatureKind
{
    /// <summary>No value was seen.</summary>
    Empty,
    Number,
    Category,
    Boolean,

    /// <summary>Free text and identifiers: hardly a value comes twice. Missing values are counted; distributions are not compared.</summary>
    Text,

    /// <summary>Dates and times (ISO 8601): they never come again, so distributions are not compared either.</summary>
    Time,
}

public static class FeatureKinds
{
    /// <summary>What a user may declare.</summary>
    public static IReadOnlyList<string> Names { get; } = ["number", "category", "boolean", "text", "time"];

    public static string Word(this FeatureKind kind) => kind == FeatureKind.Empty ? "empty" : Names[(int)kind - 1];

    /// <summary>Null when there is no such kind.</summary>
    public static FeatureKind? Parse(string word) => Names.ToList().IndexOf(word) is >= 0 and var index ? (FeatureKind)(index + 1) : null;

    /// <summary>Distributions of this kind are compared.</summary>
    public static bool IsCompared(this FeatureKind kind) => kind is FeatureKind.Number or FeatureKind.Category or FeatureKind.Boolean;

    /// <summary>Values are names, not numbers.</summary>
    public static bool IsNamed(this FeatureKind kind) => kind is FeatureKind.Category or FeatureKind.Boolean;
}
