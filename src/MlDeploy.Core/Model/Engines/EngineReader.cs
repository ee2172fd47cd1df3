using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Engines;

/// <summary>Makes a window of what an engine counts: the same window that reading the rows would have made, but for what is between the edges of bins.</summary>
public sealed class EngineReader(IEngine engine, EngineQuery query, ModelReference reference)
{
    private readonly EngineStatements statements = new(engine.Dialect, query);

    /// <param name="progress">Told what is being asked.</param>
    /// <exception cref="ExpectedException">The table or a column is not there, or the engine failed.</exception>
    public async Task<WindowSketch> ReadAsync(Action<string> progress, CancellationToken cancellation)
    {
        progress($"the columns of {query.TableName}");
        var columns = (await engine.AskAsync(statements.Columns, cancellation)).Select(row => new EngineColumn(Cell(row, 0), engine.Dialect.TypeOf(Cell(row, 1)))).ToList();
        var (features, prediction) = Readings(columns);
        var all = prediction is null ? features : [.. features, prediction];
        var window = new WindowSketch();
        foreach (var at in new[] { query.From, query.To }.OfType<DateTimeOffset>())
        {
            window.Covers(at);
        }

        var present = new List<long>();
        foreach (var chunk in all.Chunk(EngineStatements.MostCounted))
        {
            progress($"rows and missing values of {chunk.Length} columns");
            var counts = (await engine.AskAsync(statements.Counts(chunk), cancellation))[0];
            window.Rows = Math.Max(window.Rows, Whole(counts, 0));
            present.AddRange(Enumerable.Range(1, chunk.Length).Select(index => Whole(counts, index)));
        }

        if (window.Rows == 0)
        {
            throw new ExpectedException(ExitCode.Usage, $"{query.TableName} has no row in this window", "check --where, --from and --to: without rows nothing can be said about drift");
        }

        foreach (var (feature, values) in all.Zip(present))
        {
            progress($"{feature.Name} ({window.Names.Count + 1} of {all.Count})");
            var sketch = await SketchAsync(feature, values, cancellation);
            if (ReferenceEquals(feature, prediction))
            {
                window.Prediction = sketch;
            }
            else
            {
                window.Put(feature.Name, sketch);
            }
        }

        return window;
    }

    /// <summary>The statements as they would be asked, for a reader.</summary>
    public IEnumerable<string> Tell(IReadOnlyList<EngineColumn> columns)
    {
        var (features, prediction) = Readings(columns);
        var all = prediction is null ? features : [.. features, prediction];
        return [
            statements.Columns,
            .. all.Chunk(EngineStatements.MostCounted).Select(statements.Counts),
            .. all.Where(feature => feature.As == ReadAs.Numbers).Select(statements.Numbers),
            .. all.Where(feature => feature.As == ReadAs.Names).Select(statements.Names),
        ];
    }

    private (List<FeatureReading> Features, FeatureReading? Prediction) Readings(IReadOnlyList<EngineColumn> columns)
    {
        if (columns.Count == 0)
        {
            throw new ExpectedException(ExitCode.Usage, $"there is no table {query.TableName}, or none that this user may read", "check --table and the connection's database; a schema stands before the table: schema.table");
        }

        if (columns.Count > WindowSketch.MostFeatures)
        {
            throw new ExpectedException(ExitCode.Usage, $"{query.TableName} has {columns.Count:N0} columns, more than {WindowSketch.MostFeatures:N0}", "name a view of the columns that matter");
        }

        var time = query.TimeColumn is { } named ? Column(columns, named) : null;
        if (time is { Type: not ColumnType.Time })
        {
            throw new ExpectedException(ExitCode.Usage, $"--time-column: {query.TableName} has '{time.Name}' as {time.Type.ToString().ToLowerInvariant()}, not as a time", "leave --from and --to out and write the window into --where");
        }

        var answer = query.Prediction is { } asked ? Column(columns, asked) : reference.Prediction is { } expected ? Matching(columns, expected.Name) : null;
        var matched = reference.Features.Select(feature => (Feature: feature, Column: Matching(columns, feature.Name))).Where(one => one.Column is not null)
            .GroupBy(one => one.Column!, one => one.Feature).ToDictionary(group => group.Key, group => group.MaxBy(feature => feature.Name == group.Key.Name)!);
        var features = columns
            .Where(column => column != answer && (column != time || matched.ContainsKey(column)))
            .Select(column => matched.TryGetValue(column, out var feature) ? new FeatureReading(feature.Name, column, feature) : new FeatureReading(column.Name, column, null)).ToList();
        return (features, answer is null ? null : new FeatureReading(answer.Name, answer, reference.Prediction));
    }

    private EngineColumn Column(IReadOnlyList<EngineColumn> columns, string name) => Matching(columns, name) ?? throw new ExpectedException(
        ExitCode.Usage, $"{query.TableName} has no column '{name}'",
        NearestName.Of(name, columns.Select(column => column.Name)) is { } near ? $"did you mean '{near}'?" : $"its columns are {string.Join(", ", columns.Take(20).Select(column => column.Name))}{(columns.Count > 20 ? ", …" : "")}");

    /// <summary>By name; where letters are folded and only one column fits, by name without case.</summary>
    private static EngineColumn? Matching(IReadOnlyList<EngineColumn> columns, string name) =>
        columns.FirstOrDefault(column => column.Name == name)
        ?? (columns.Where(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only : null);

    private async Task<FeatureSketch> SketchAsync(FeatureReading feature, long values, CancellationToken cancellation)
    {
        try
        {
            return feature.As switch
            {
                ReadAs.Numbers => EngineSketch.OfNumbers(feature, values, await BinsAsync(feature, cancellation)),
                ReadAs.Names => EngineSketch.OfNames(feature, values, [.. (await engine.AskAsync(statements.Names(feature), cancellation)).Select(row => (Cell(row, 0), Whole(row, 1)))]),
                _ => EngineSketch.Counted(feature, values),
            };
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or IndexOutOfRangeException or InvalidDataException)
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"{engine.Dialect.Name} answered about '{feature.Column.Name}' with what is no count of it: {wrong.Message}", "run with --show-sql, and the statement by hand; if its answer is right, report it", wrong);
        }
    }

    private async Task<ImmutableArray<BinAnswer>> BinsAsync(FeatureReading feature, CancellationToken cancellation)
    {
        var answers = ImmutableArray.CreateBuilder<BinAnswer>();
        foreach (var row in await engine.AskAsync(statements.Numbers(feature), cancellation))
        {
            var (bin, count) = ((int)Whole(row, 0), Whole(row, 1));
            answers.Add(bin < 0 ? new BinAnswer(bin, count, 0, 0, []) : new BinAnswer(bin, count, Real(row, 2), Real(row, 3), [.. engine.Dialect.Spread(Cell(row, 4), count)]));
        }

        return answers.ToImmutable();
    }

    private static string Cell(string?[] row, int index) => row[index] ?? throw new FormatException($"null in place {index + 1}");

    private static long Whole(string?[] row, int index) => long.Parse(Cell(row, index), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Real(string?[] row, int index) => double.Parse(Cell(row, index), CultureInfo.InvariantCulture);
}
