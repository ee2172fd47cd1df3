using System.Diagnostics;
using MlDeploy.Core.Model.Data;

namespace MlDeploy.Bench.Model;

/// <summary>How fast data becomes sketches, beside a plain read of the same file. Without `--file`, one of `--rows` rows is made from a fixed seed.</summary>
internal static class ProfileSpeed
{
    private const double LeastValues = 8e6;
    private const long MostMemory = 256L << 20;

    public static int Run(Arguments arguments)
    {
        var file = arguments.Text("--file");
        var made = file is null;
        file ??= Path.Combine(Path.GetTempPath(), $"mldeploy-profile-{Environment.ProcessId}.csv");
        var rows = arguments.Number("--rows", 10_000_000);
        try
        {
            if (made)
            {
                BigFile.Write(file, rows);
            }

            var plain = PlainRead(file);
            var bytes = new FileInfo(file).Length;
            Console.WriteLine($"{rows:N0} rows of 20 columns, {bytes / 1e6:N0} MB; a plain read takes {plain.TotalSeconds:0.00} s ({bytes / 1e6 / plain.TotalSeconds:N0} MB/s).");
            var (met, best) = (true, 0.0);
            foreach (var workers in new[] { 1, 2 })
            {
                using var process = Process.GetCurrentProcess();
                var (from, cpu) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
                var reading = DataReader.Read([new DataSource(file, () => File.OpenRead(file))], new DataOptions { Workers = workers });
                var took = Stopwatch.GetElapsedTime(from);
                process.Refresh();
                var cores = (process.TotalProcessorTime - cpu).TotalSeconds;
                var values = reading.Window.Rows * 20.0;
                var good = values / cores >= LeastValues && process.PeakWorkingSet64 <= MostMemory;
                met &= good;
                best = Math.Max(best, values / cores);
                Console.WriteLine($"- {workers} worker{(workers > 1 ? "s" : "")}: {took.TotalSeconds:0.0} s, {values / took.TotalSeconds / 1e6:0.0} million values a second, {values / cores / 1e6:0.0} million per core-second (goal {LeastValues / 1e6:0}); {took / plain:0.0} times a plain read; peak memory {process.PeakWorkingSet64 >> 20} MiB (goal {MostMemory >> 20}){(good ? "" : " MISSED")}");
            }

            Beside(arguments, best);
            return met || !arguments.Has("--assert") ? 0 : 1;
        }
        finally
        {
            if (made)
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>A tenth of the rows is enough to know what a row costs there.</summary>
    private static void Beside(Arguments arguments, double ours)
    {
        if (!PostgreSqlReference.IsThere)
        {
            Console.WriteLine("- PostgreSQL's tdigest: not here (apt-get install postgresql-15-tdigest)");
            return;
        }

        var rows = arguments.Number("--postgresql-rows", 1_000_000);
        var file = Path.Combine(Path.GetTempPath(), $"mldeploy-postgresql-{Environment.ProcessId}.csv");
        try
        {
            BigFile.Write(file, rows);
            var theirs = PostgreSqlReference.Run(file, rows);
            Console.WriteLine($"  Ours does {ours / theirs:0.0} times as many values per core-second.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static TimeSpan PlainRead(string file)
    {
        var from = Stopwatch.GetTimestamp();
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0)
        {
        }

        return Stopwatch.GetElapsedTime(from);
    }
}
