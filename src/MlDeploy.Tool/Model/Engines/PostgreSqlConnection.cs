using System.Globalization;
using MlDeploy.Core.Errors;
using Npgsql;

namespace MlDeploy.Tool.Model.Engines;

/// <summary>
/// Where PostgreSQL is: `postgresql://user@host:5432/database?sslmode=require`, `Host=…;Database=…`, and what they leave open from the variables that
/// libpq reads. Without any password Npgsql looks into the file of passwords (PGPASSFILE, ~/.pgpass).
/// </summary>
internal static class PostgreSqlConnection
{
    private const string Remedy = "write postgresql://user@host:5432/database, without the password";

    private static readonly TimeSpan OpenWithin = TimeSpan.FromSeconds(15);

    public static NpgsqlConnectionStringBuilder Of(string? text, Func<string, string?> variable, TimeSpan timeout)
    {
        var settings = text is null ? new NpgsqlConnectionStringBuilder()
            : text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal) ? OfUrl(text)
            : Parsed(text);
        settings.Host ??= Given("PGHOST") ?? throw new ExpectedException(ExitCode.Usage, "nothing says where PostgreSQL is", $"give --connection ({Remedy}), or set PGHOST, PGDATABASE and PGUSER");
        settings.Port = IsSet("Port") || Given("PGPORT") is not { } port ? settings.Port
            : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new ExpectedException(ExitCode.Usage, $"PGPORT is no port: {port}", "set it to a number, such as 5432");
        settings.Username ??= Given("PGUSER");
        settings.Database ??= Given("PGDATABASE");
        settings.Password ??= Given("PGPASSWORD");
        settings.Passfile ??= Given("PGPASSFILE");
        if (!IsSet("SSL Mode") && Given("PGSSLMODE") is { } mode)
        {
            settings.SslMode = Mode(mode);
        }

        settings.ApplicationName ??= "mldeploy";
        settings.Pooling = false;
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;
        settings.Timeout = (int)OpenWithin.TotalSeconds;

        // The server ends a statement that takes too long; this is for a server that does not answer at all.
        settings.CommandTimeout = (int)timeout.TotalSeconds + 10;
        return settings;

        bool IsSet(string keyword) => settings.ShouldSerialize(keyword);

        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }

    private static NpgsqlConnectionStringBuilder Parsed(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException)
        {
            throw NoConnection();
        }
    }

    private static NpgsqlConnectionStringBuilder OfUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            throw NoConnection();
        }

        var settings = new NpgsqlConnectionStringBuilder();
        var user = url.UserInfo.Split(':', 2);
        settings.Host = url.Host.Length > 0 ? Uri.UnescapeDataString(url.Host) : null;
        settings.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null;
        settings.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null;
        settings.Database = url.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(url.AbsolutePath[1..]) : null;
        if (url.Port > 0)
        {
            settings.Port = url.Port;
        }

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            var value = Uri.UnescapeDataString(pair[^1]);
            switch (pair[0])
            {
                case "sslmode":
                    settings.SslMode = Mode(value);
                    break;
                case "host":
                    settings.Host = value;
                    break;
                case "user":
                    settings.Username = value;
                    break;
                case "password":
                    settings.Password = value;
                    break;
                case "sslrootcert":
                    settings.RootCertificate = value;
                    break;
                case "application_name":
                    settings.ApplicationName = value;
                    break;
                default:
                    throw new ExpectedException(ExitCode.Usage, $"--connection: PostgreSQL's URL may not hold '{pair[0]}' here", "it may hold host, user, password, sslmode, sslrootcert and application_name");
            }
        }

        return settings;
    }

    private static SslMode Mode(string word) => Enum.TryParse<SslMode>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && Enum.IsDefined(mode)
        ? mode
        : throw new ExpectedException(ExitCode.Usage, $"there is no sslmode '{word}'", "it is disable, allow, prefer, require, verify-ca or verify-full");

    private static ExpectedException NoConnection() => new(ExitCode.Usage, "--connection cannot be read as PostgreSQL's", Remedy);
}
