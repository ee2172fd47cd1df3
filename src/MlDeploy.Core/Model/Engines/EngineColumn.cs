namespace MlDeploy.Core.Model.Engines;

/// <summary>What a column's type lets a statement do with it.</summary>
public enum ColumnType
{
    Number,
    Boolean,
    Text,

    /// <summary>Dates and times.</summary>
    Time,

    /// <summary>Arrays, documents, bytes: counted, not looked into.</summary>
    Composite,
}

public sealed record EngineColumn(string Name, ColumnType Type);
