using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Data;

internal delegate ReadOnlySpan<byte> BytesSoFar();

/// <summary>How records stand in a stream: where they end, and who reads them.</summary>
internal abstract class RecordFormat
{
    /// <summary>Bytes before the first record.</summary>
    public int HeaderLength { get; protected init; }

    /// <summary>The line of the first record, from 1.</summary>
    public long FirstLine { get; protected init; } = 1;

    /// <summary>Bytes up to the end of the last whole record; 0 when there is none.</summary>
    public abstract int LastEnd(ReadOnlySpan<byte> bytes);

    public abstract RecordWorker NewWorker();

    /// <param name="more">Reads on, when the header is longer than what there is.</param>
    public static RecordFormat Detect(string name, ReadOnlySpan<byte> start, DataOptions options, Action more, BytesSoFar bytes)
    {
        var first = start.TrimStart(" \t\r\n"u8);
        if (first.IsEmpty)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} is empty", "give CSV with a header, or JSON Lines with one object a line");
        }

        if (first[0] == '[')
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} is a JSON array", "write one object a line: `jq -c '.[]' FILE`");
        }

        return first[0] == '{' ? new JsonLinesFormat(options) : CsvFormat.Of(name, options, more, bytes);
    }
}

/// <summary>Reads whole records into sketches of its own. Not for several threads at once.</summary>
internal abstract class RecordWorker(DataOptions options)
{
    public WindowSketch Window { get; } = (options.NewWindow ?? (() => new WindowSketch()))();

    public RowTrouble Trouble { get; } = new();

    /// <param name="line">The first record's line.</param>
    public abstract void Take(ReadOnlySpan<byte> block, long line);

    /// <summary>Where a column's values go; null: nowhere, by choice or because there are too many.</summary>
    protected FeatureSketch? SketchOf(string column, DataOptions itsOptions, double compression)
    {
        if (column == itsOptions.Prediction)
        {
            return Window.Prediction ??= new FeatureSketch(itsOptions.Kinds.TryGetValue(column, out var told) ? told : null);
        }

        if (itsOptions.Columns is { } chosen && !chosen.Contains(column, StringComparer.Ordinal))
        {
            return null;
        }

        if (Window.Find(column) is null && Window.Make is null && Window.Names.Count < WindowSketch.MostFeatures)
        {
            Window.Put(column, new FeatureSketch(itsOptions.Kinds.TryGetValue(column, out var kind) ? kind : null, null, compression));
        }

        return Window.At(column);
    }
}
