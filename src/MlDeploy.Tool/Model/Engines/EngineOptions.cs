using System.CommandLine;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Model.Engines;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Model.Engines;

/// <summary>`drift --engine`: which engine, which table, which rows.</summary>
internal static class EngineOptions
{
    private static readonly string[] Names = ["postgresql", "athena", "clickhouse"];
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    private static readonly Option<string?> Engine = Named();
    private static readonly Option<string?> Connection = new("--connection") { Description = "How to reach the engine: a URL, or env:NAME of a variable that holds one. PostgreSQL: default PGHOST, PGDATABASE, PGUSER, PGPASSWORD, PGPASSFILE. ClickHouse: http(s)://host:port; CLICKHOUSE_USER, CLICKHOUSE_PASSWORD.", HelpName = "URL" };
    private static readonly Option<string?> Table = new("--table") { Description = "The table or view with one column a feature: table, schema.table or catalog.schema.table.", HelpName = "NAME" };
    private static readonly Option<string?> Where = new("--where") { Description = "Only rows for which this condition in the engine's SQL holds.", HelpName = "CONDITION" };
    private static readonly Option<string?> TimeColumn = new("--time-column") { Description = "The column that --from and --to are about.", HelpName = "NAME" };
    private static readonly Option<string?> From = new("--from") { Description = "Rows at or after it: 2026-11-21T08:00Z, or 24h for a day ago.", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "Rows before it, likewise.", HelpName = "TIME" };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "The longest that one statement may take; default 5m.", HelpName = "DURATION" };
    private static readonly Option<bool> ShowSql = new("--show-sql") { Description = "Print the statements for a table like the reference, and ask nobody." };

    public static IEnumerable<Option> All => [Engine, .. OfEngine];

    private static Option[] OfEngine => [Connection, Table, Where, TimeColumn, From, To, Timeout, ShowSql];

    /// <summary>Null: no engine is asked.</summary>
    /// <exception cref="ExpectedException">The options do not fit together.</exception>
    public static EngineRequest? Read(ParseResult parse, CommandContext context, bool hasFiles, string? prediction)
    {
        if (parse.GetValue(Engine) is not { } name)
        {
            return OfEngine.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } alone
                ? throw new ExpectedException(ExitCode.Usage, $"{alone.Name} is about an engine, and none is named", $"add --engine {string.Join('|', Names)}")
                : null;
        }

        if (hasFiles)
        {
            throw new ExpectedException(ExitCode.Usage, "--engine and files are two windows", "compare the reference with one of them");
        }

        var table = parse.GetValue(Table) ?? throw new ExpectedException(ExitCode.Usage, "--engine wants --table", "name the table or view that has one column a feature");
        var (from, to) = (Time(parse, From, context), Time(parse, To, context));
        if ((from ?? to) is not null && parse.GetValue(TimeColumn) is null)
        {
            throw new ExpectedException(ExitCode.Usage, "--from and --to want --time-column", "name the column that says when a row was made");
        }

        if (from >= to)
        {
            throw new ExpectedException(ExitCode.Usage, $"--from {from:u} is not before --to {to:u}", "give a window that has a length");
        }

        if (parse.GetValue(Where) is { } where)
        {
            WhereClause.Check(where);
        }

        var query = new EngineQuery(EngineQuery.Parts(table), parse.GetValue(Where), parse.GetValue(TimeColumn), from, to, prediction);
        return new EngineRequest(name, query, parse.GetValue(Connection), Longest(parse), parse.GetValue(ShowSql));
    }

    private static TimeSpan Longest(ParseResult parse)
    {
        if (parse.GetValue(Timeout) is not { } text)
        {
            return DefaultTimeout;
        }

        return Quantity.Duration(text) is { } given && given >= TimeSpan.FromSeconds(1) && given <= TimeSpan.FromDays(1)
            ? given
            : throw new ExpectedException(ExitCode.Usage, $"--timeout: '{text}' is no duration from 1s to 1d", "write a number and its unit, such as 10m");
    }

    private static DateTimeOffset? Time(ParseResult parse, Option<string?> option, CommandContext context)
    {
        if (parse.GetValue(option) is not { } text)
        {
            return null;
        }

        if (Quantity.Duration(text) is { } ago && ago > TimeSpan.Zero && ago < TimeSpan.FromDays(36_500))
        {
            return context.Clock.GetUtcNow() - ago;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && char.IsAsciiDigit(text[0]) && text.Length >= 10
            ? at
            : throw new ExpectedException(ExitCode.Usage, $"{option.Name}: '{text}' is no time", "write it as 2026-11-21T08:00Z (without a zone: UTC), or as 24h for a day ago");
    }

    private static Option<string?> Named()
    {
        var option = new Option<string?>("--engine") { Description = $"Let a cluster engine count where the data lies: {string.Join(", ", Names)}. Only counts leave it.", HelpName = "NAME" };
        option.CompletionSources.Add(Names);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !Names.Contains(token.Value, StringComparer.Ordinal)))
            {
                result.AddError($"--engine is one of {string.Join(", ", Names)}, not '{token.Value}'");
            }
        });
        return option;
    }
}

/// <param name="Connection">As the user gave it; null: from the environment.</param>
/// <param name="Timeout">The longest that one statement may take.</param>
internal sealed record EngineRequest(string Engine, EngineQuery Query, string? Connection, TimeSpan Timeout, bool ShowSql)
{
    /// <summary>As results call the window.</summary>
    public string Name => $"{Engine}:{Query.TableName}";
}
