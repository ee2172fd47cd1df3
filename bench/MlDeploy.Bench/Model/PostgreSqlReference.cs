using System.Diagnostics;
using System.Globalization;

namespace MlDeploy.Bench.Model;

/// <summary>The same file through PostgreSQL: COPY into an unlogged table, then one statement with the extension's `tdigest` of every number and counts of every name.</summary>
internal static class PostgreSqlReference
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string Extension = "/usr/share/postgresql/15/extension/tdigest.control";
    private const double TicksASecond = 100;

    private static readonly string[] Names = ["country", "channel"];

    public static bool IsThere => File.Exists($"{Programs}/initdb") && File.Exists(Extension);

    /// <summary>Prints what COPY and the digests took of the backend's own processor time.</summary>
    /// <param name="file">As <see cref="BigFile"/> writes it.</param>
    /// <returns>Values a core-second, of both together.</returns>
    public static double Run(string file, long rows)
    {
        var folder = Directory.CreateTempSubdirectory("mldeploy-bench-pg-").FullName;
        var columns = File.ReadLines(file).First().Split(',');
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                Start("chown", "postgres", folder);
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherRead);
            }

            Start(AsServer($"{Programs}/initdb", "-D", $"{folder}/data", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"));
            Start(AsServer($"{Programs}/pg_ctl", "-D", $"{folder}/data", "-w", "-l", $"{folder}/log", "-o", $"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=512MB -c max_wal_size=4GB", "start"));
            try
            {
                var spent = Ask(folder, Script(file, columns)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("cpu ", StringComparison.Ordinal)).Select(Spent).ToArray();
                var (copy, digests) = (spent[1] - spent[0], spent[2] - spent[1]);
                var speed = rows * columns.Length / (copy + digests);
                Console.WriteLine($"- PostgreSQL 15, one backend, {rows:N0} rows: COPY {copy:0.0} core-seconds, tdigest of {columns.Length - Names.Length} columns and counts of {Names.Length} {digests:0.0}: {speed / 1e6:0.00} million values per core-second ({rows * columns.Length / digests / 1e6:0.00} without the COPY).");
                return speed;
            }
            finally
            {
                Start(AsServer($"{Programs}/pg_ctl", "-D", $"{folder}/data", "-m", "immediate", "stop"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Script(string file, string[] columns) =>
        $"""
        CREATE EXTENSION tdigest;
        SET max_parallel_workers_per_gather = 0;
        CREATE UNLOGGED TABLE data ({string.Join(", ", columns.Select(column => $"\"{column}\" {(Names.Contains(column) ? "text" : "float8")}"))});
        SELECT 'cpu ' || pg_read_file('/proc/self/stat');
        COPY data FROM '{file}' (FORMAT csv, HEADER);
        SELECT 'cpu ' || pg_read_file('/proc/self/stat');
        SELECT {string.Join(", ", columns.Except(Names).Select(column => $"length(tdigest(\"{column}\", 100)::text)"))} FROM data;
        {string.Concat(Names.Select(column => $"SELECT \"{column}\", count(*) FROM data GROUP BY 1;\n"))}
        SELECT 'cpu ' || pg_read_file('/proc/self/stat');
        """;

    /// <summary>User and system time, after the program's name in parentheses: fields 14 and 15 of proc(5).</summary>
    private static double Spent(string line)
    {
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond;
    }

    private static string[] AsServer(params string[] command) => Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. command] : command;

    private static string Ask(string folder, string script)
    {
        var command = AsServer($"{Programs}/psql", "-h", folder, "-d", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-");
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"psql ended with {process.ExitCode}");
    }

    /// <summary>The server keeps what it inherits open, so nothing is read to its end here.</summary>
    private static void Start(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/", RedirectStandardOutput = true })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}");
        }
    }
}
