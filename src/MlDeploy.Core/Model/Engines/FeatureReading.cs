using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Engines;

/// <summary>What is asked about a column beside how many values it has.</summary>
public enum ReadAs
{
    /// <summary>How many lie in each bin of the reference, and how they are spread inside it.</summary>
    Numbers,

    /// <summary>How often the frequent ones come, and the reference's.</summary>
    Names,

    /// <summary>Nothing more: text, times and composites are not compared.</summary>
    Counted,
}

/// <summary>A column as one feature of the window.</summary>
/// <param name="Name">The reference's where it has the feature: engines that fold letters give `amount` for Amount.</param>
/// <param name="Reference">Null: the reference does not have it.</param>
public sealed record FeatureReading(string Name, EngineColumn Column, ReferenceFeature? Reference)
{
    /// <summary>The reference's bins, where it is compared.</summary>
    public FeaturePartition? Partition => Reference?.Partition;

    /// <summary>As in files.</summary>
    public FeatureKind? Declared => Reference?.ReadAs;

    public ReadAs As => Column.Type == ColumnType.Composite ? ReadAs.Counted
        : Declared == FeatureKind.Number ? (Column.Type == ColumnType.Time ? ReadAs.Counted : ReadAs.Numbers)
        : Declared is { } kind ? (kind.IsNamed() ? ReadAs.Names : ReadAs.Counted)
        : Column.Type switch { ColumnType.Number => ReadAs.Numbers, ColumnType.Boolean => ReadAs.Names, _ => ReadAs.Counted };
}
