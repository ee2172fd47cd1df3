using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Engines;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Model.Engines;

/// <summary>A window of live data that an engine counts.</summary>
internal static class EngineWindow
{
    public static async Task<WindowSketch> ReadAsync(EngineRequest request, ModelReference reference, CommandContext context)
    {
        switch (request.Engine)
        {
            case "postgresql":
                await using (var server = await PostgreSqlEngine.OpenAsync(request, context))
                {
                    return await ReadAsync(server, request, reference, context);
                }

            case "clickhouse":
                using (var server = ClickHouseEngine.Open(request, context))
                {
                    return await ReadAsync(server, request, reference, context);
                }

            default:
                throw new ExpectedException(ExitCode.Usage, "mldeploy does not ask Athena by itself yet", "add --show-sql, run the statements there, and compare what they count");
        }
    }

    /// <summary>The statements for a table like the reference; nobody is asked.</summary>
    public static ImmutableArray<string> Sql(EngineRequest request, ModelReference reference)
    {
        SqlDialect dialect = request.Engine switch { "postgresql" => new PostgreSqlDialect("public"), "clickhouse" => new ClickHouseDialect(), _ => new AthenaDialect() };
        var columns = reference.Features.Concat(reference.Prediction is { } prediction ? [prediction] : []).Select(feature => new EngineColumn(feature.Name, feature.Kind switch
        {
            FeatureKind.Number => ColumnType.Number,
            FeatureKind.Boolean => ColumnType.Boolean,
            FeatureKind.Time => ColumnType.Time,
            _ => ColumnType.Text,
        })).ToList();
        if (request.Query.TimeColumn is { } time && columns.TrueForAll(column => column.Name != time))
        {
            columns.Add(new EngineColumn(time, ColumnType.Time));
        }

        var reader = new EngineReader(new Unasked(dialect), request.Query, reference);
        return [.. reader.Tell(columns)];
    }

    private static async Task<WindowSketch> ReadAsync(IEngine engine, EngineRequest request, ModelReference reference, CommandContext context)
    {
        var now = "";
        using var heartbeat = context.Progress.Heartbeat(() => $"{request.Name} is asked for {now}");
        return await new EngineReader(engine, request.Query, reference).ReadAsync(
            what =>
            {
                now = what;
                if (context.Verbose)
                {
                    context.Progress.State($"{request.Name}: {what}", Tone.Quiet);
                }
            },
            context.Stop);
    }

    private sealed class Unasked(SqlDialect dialect) : IEngine
    {
        public SqlDialect Dialect => dialect;

        public Task<IReadOnlyList<string?[]>> AskAsync(string sql, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
