using System.Data;
using System.Globalization;
using System.Net.Sockets;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Engines;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;
using Npgsql;

namespace MlDeploy.Tool.Model.Engines;

/// <summary>One read-only transaction of PostgreSQL: every statement sees the same rows, and none can change one.</summary>
internal sealed class PostgreSqlEngine : IEngine, IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly string address;
    private readonly TimeSpan timeout;
    private NpgsqlTransaction? transaction;

    /// <summary>Npgsql would cut a text at semicolons; the server refuses two statements in one.</summary>
    static PostgreSqlEngine() => AppContext.SetSwitch("Npgsql.EnableSqlRewriting", isEnabled: false);

    private PostgreSqlEngine(NpgsqlConnectionStringBuilder settings, TimeSpan timeout) =>
        (connection, address, this.timeout) = (new NpgsqlConnection(settings.ConnectionString), $"{settings.Host}:{settings.Port}", timeout);

    public SqlDialect Dialect { get; private set; } = new PostgreSqlDialect(digestSchema: null);

    public static async Task<PostgreSqlEngine> OpenAsync(EngineRequest request, CommandContext context)
    {
        var settings = PostgreSqlConnection.Of(ConnectionText.Of(request.Connection, context), context.Surroundings.Variable, request.Timeout);
        var engine = new PostgreSqlEngine(settings, request.Timeout);
        try
        {
            await engine.BeginAsync(context);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<string?[]>> AskAsync(string sql, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { AllResultTypesAreUnknown = true };
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellation);
            var rows = new List<string?[]>();
            while (await reader.ReadAsync(cancellation))
            {
                var row = new string?[reader.FieldCount];
                for (var index = 0; index < row.Length; index++)
                {
                    row[index] = await reader.IsDBNullAsync(index, cancellation) ? null : reader.GetString(index);
                }

                rows.Add(row);
            }

            return rows;
        }
        catch (PostgresException refused) when (!cancellation.IsCancellationRequested)
        {
            throw Refused(refused);
        }
        catch (NpgsqlException failure) when (!cancellation.IsCancellationRequested)
        {
            throw Lost(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }

        await connection.DisposeAsync();
    }

    private async Task BeginAsync(CommandContext context)
    {
        try
        {
            await connection.OpenAsync(context.Stop);
            transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, context.Stop);
        }
        catch (PostgresException refused)
        {
            throw Refused(refused);
        }
        catch (NpgsqlException failure)
        {
            throw Lost(failure);
        }

        // Each is a statement of its own, since two in one are refused.
        await AskAsync("SET TRANSACTION READ ONLY", context.Stop);
        await AskAsync(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL statement_timeout = {(long)timeout.TotalMilliseconds}"), context.Stop);
        await AskAsync("SET LOCAL TIME ZONE 'UTC'", context.Stop);
        await AskAsync("SET LOCAL standard_conforming_strings = on", context.Stop);
        await AskAsync("SET LOCAL extra_float_digits = 1", context.Stop);
        var schema = await AskAsync(PostgreSqlDialect.DigestSchema, context.Stop) is [var row, ..] ? row[0] : null;
        Dialect = new PostgreSqlDialect(schema);
        if (schema is null)
        {
            context.Progress.State("PostgreSQL has no extension tdigest in this database: quantiles come from sorted numbers, which takes longer (CREATE EXTENSION tdigest)", Tone.Warning);
        }
    }

    /// <summary>The server's own words: they name what the statement names, never the connection's password.</summary>
    private ExpectedException Refused(PostgresException refused) => refused.SqlState switch
    {
        "57014" => new ExpectedException(ExitCode.TargetFailed, $"PostgreSQL took longer than {timeout.TotalSeconds:0.#} s for one statement", "give --timeout a longer time, or a shorter window with --from and --to", refused),
        "28P01" or "28000" => new ExpectedException(ExitCode.TargetFailed, $"PostgreSQL does not let this user in: {refused.MessageText}", "check the user, and PGPASSWORD, PGPASSFILE or the variable that --connection names", refused),
        "3D000" => new ExpectedException(ExitCode.Usage, $"PostgreSQL: {refused.MessageText}", "name the database in --connection or PGDATABASE", refused),
        "42501" => new ExpectedException(ExitCode.TargetFailed, $"PostgreSQL: {refused.MessageText}", "GRANT SELECT on the table to this user: nothing more is needed", refused),
        var state when state.StartsWith("42", StringComparison.Ordinal) || state.StartsWith("22", StringComparison.Ordinal) || state == "25006" =>
            new ExpectedException(ExitCode.Usage, $"PostgreSQL refuses the statement: {refused.MessageText} ({state})", "check --where and the columns; --show-sql prints the statements", refused),
        var state => new ExpectedException(ExitCode.TargetFailed, $"PostgreSQL failed: {refused.MessageText} ({state})", "try again; if it stays so, look into the server's log", refused),
    };

    private ExpectedException Lost(NpgsqlException failure)
    {
        var why = failure.InnerException switch
        {
            TimeoutException => $"no answer within {(connection.State == ConnectionState.Open ? timeout.TotalSeconds + 10 : connection.ConnectionTimeout):0.#} s",
            SocketException socket => socket.Message,
            { } inner => inner.Message,
            null => failure.Message,
        };
        return new ExpectedException(ExitCode.TargetFailed, $"PostgreSQL at {address} cannot be asked: {why}", "check --connection (or PGHOST and PGPORT), that the server runs, and that it lets this machine in", failure);
    }
}
