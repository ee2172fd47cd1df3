using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MlDeploy.Specs.Aws.Peers;
using Npgsql;

namespace MlDeploy.Specs.Model.Engines;

/// <summary>A real PostgreSQL of Debian on loopback, with data of its own; it asks for passwords as a server on a network does.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    public const string Password = "not-to-be-shown-7";
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string Extension = "/usr/share/postgresql/15/extension/tdigest.control";

    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-pg-").FullName;
    private bool started;

    public int Port { get; private set; }

    /// <summary>As the tool finds it: libpq's variables.</summary>
    public Func<string, string?> Variables => name => name switch
    {
        "PGHOST" => "127.0.0.1",
        "PGPORT" => Port.ToString(CultureInfo.InvariantCulture),
        "PGUSER" => "reader",
        "PGPASSWORD" => Password,
        "PGDATABASE" => "logs",
        _ => null,
    };

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Path.Combine(Programs, "initdb")) || !File.Exists(Extension))
        {
            return;
        }

        var words = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(words, Password);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "-R", "postgres", folder);
        }

        Port = FreePort();
        Run($"{Programs}/initdb", "-D", $"{folder}/data", "-U", "owner", "--auth=scram-sha-256", $"--pwfile={words}", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        Run($"{Programs}/pg_ctl", "-D", $"{folder}/data", "-w", "-l", $"{folder}/log", "-o", $"-p {Port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=20 -c shared_buffers=16MB", "start");
        started = true;
        await SqlAsync("postgres", "CREATE DATABASE logs", "CREATE DATABASE plain", $"CREATE USER reader PASSWORD '{Password}'", "GRANT pg_read_all_data TO reader");
        await SqlAsync("logs", "CREATE EXTENSION tdigest");
    }

    public ValueTask DisposeAsync()
    {
        if (started)
        {
            Run($"{Programs}/pg_ctl", "-D", $"{folder}/data", "-m", "immediate", "stop");
        }

        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Skips, or fails in CI, where there is no server.</summary>
    public void IsNeeded()
    {
        if (!started)
        {
            Peer.Missing("PostgreSQL with its extension tdigest", "apt-get install postgresql-15-tdigest");
        }
    }

    public async Task SqlAsync(string database, params string[] statements)
    {
        await using var connection = await OpenAsync(database);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    public async Task<long> CountAsync(string database, string table)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <param name="csv">With a header.</param>
    public async Task CopyAsync(string database, string table, string csv)
    {
        await using var connection = await OpenAsync(database);
        await using var writer = await connection.BeginTextImportAsync($"COPY {table} FROM STDIN (FORMAT csv, HEADER)");
        await writer.WriteAsync(csv);
    }

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={Port};Username=owner;Password={Password};Database={database};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>PostgreSQL does not run as root.</summary>
    private static void Run(string program, params string[] arguments)
    {
        string[] line = Environment.IsPrivilegedProcess && program != "chown" ? ["runuser", "-u", "postgres", "--", program, .. arguments] : [program, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/", RedirectStandardError = true, RedirectStandardOutput = true })!;

        // The server inherits the pipe and keeps it open: what is read is what the program itself has said when it ended.
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
