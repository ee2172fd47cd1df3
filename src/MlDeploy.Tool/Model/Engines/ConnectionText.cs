using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Model.Engines;

/// <summary>`--connection`: itself, or what the variable holds that it names. No message repeats it, since it may hold a password.</summary>
internal static class ConnectionText
{
    private const string Reference = "env:";

    public static string? Of(string? connection, CommandContext context)
    {
        if (connection?.StartsWith(Reference, StringComparison.Ordinal) != true)
        {
            return connection is null || !HasPassword(connection) ? connection : throw new ExpectedException(
                ExitCode.Usage, "--connection holds a password, which every user of this machine can read while the command runs", "put it into a variable and write --connection env:NAME, or leave the password to PGPASSWORD, PGPASSFILE or CLICKHOUSE_PASSWORD");
        }

        var name = connection[Reference.Length..];
        return context.Surroundings.Variable(name) is { Length: > 0 } value ? value : throw new ExpectedException(
            ExitCode.Usage, $"--connection names the variable {name}, which is not set", $"set {name} to the engine's URL");
    }

    private static bool HasPassword(string connection) =>
        Uri.TryCreate(connection, UriKind.Absolute, out var url)
            ? url.UserInfo.Contains(':', StringComparison.Ordinal) || url.Query.Contains("password=", StringComparison.OrdinalIgnoreCase)
            : connection.Contains("password", StringComparison.OrdinalIgnoreCase) || connection.Contains("pwd", StringComparison.OrdinalIgnoreCase);
}
