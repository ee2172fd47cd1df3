using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Bench.Model;

/// <summary>
/// Our t-digest beside the reference implementation (Dunning's Java library), on the same numbers in the same run. Debian's libt-digest-java
/// holds ArrayDigest and AVLTreeDigest; a jar with MergingDigest, which came later and is the algorithm that ours follows, is named by `--jar`.
/// </summary>
internal static class TDigestComparison
{
    private const string DebianJar = "/usr/share/java/t-digest.jar";
    private const double Compression = 100;
    private const int Timed = 5_000_000;
    private const double MostError = 1.1;
    private const double LeastSpeed = 3;

    /// <summary>Both errors are random: of eighty seeds their ratio has a standard error of some 0.05.</summary>
    private const double MostMerged = 1.1;

    private static readonly double[] Quantiles = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var jar = arguments.Text("--jar") ?? DebianJar;
        if (!File.Exists(jar))
        {
            Console.Error.WriteLine($"{jar} is missing: apt-get install libt-digest-java default-jdk-headless");
            return 3;
        }

        var digest = arguments.Text("--digest") ?? "ArrayDigest";
        Console.WriteLine($"Reference: {digest} of {Path.GetFileName(jar)}.");
        var (seeds, n) = (arguments.Number("--seeds", 20), arguments.Number("--values", 100_000));
        var folder = Directory.CreateTempSubdirectory("mldeploy-tdigest-").FullName;
        try
        {
            var java = await CompileAsync(jar, folder);
            var accurate = await AccuracyAsync(java, digest, folder, seeds, n);
            var merged = Merging(4 * seeds, n * 10);
            var fast = await SpeedAsync(java, digest, folder);
            Console.WriteLine();
            Console.WriteLine(accurate && merged && fast ? "all goals met" : "GOALS MISSED");
            return accurate && merged && fast || !arguments.Has("--assert") ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> AccuracyAsync(string[] java, string reference, string folder, int seeds, int n)
    {
        Console.WriteLine($"Mean rank error (parts per million) of {seeds} seeds, {n:N0} numbers, compression {Compression}: ours / reference; goal: at most {MostError} times.");
        Console.WriteLine();
        Console.WriteLine($"| numbers | {string.Join(" | ", Quantiles)} | centroids |");
        Console.WriteLine($"|---|{string.Concat(Quantiles.Select(_ => "---|"))}---|");
        var met = true;
        foreach (var (name, draw) in Streams.All)
        {
            var samples = Enumerable.Range(1, seeds).Select(seed => draw(new Random(seed), n)).ToList();
            var files = samples.Select((sample, index) => WriteTo(Path.Combine(folder, $"{index}.bin"), sample)).ToList();
            var lines = (await RunAsync([.. java, "quantiles", reference, Text(Compression), string.Join(',', Quantiles.Select(Text)), .. files])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var cells = new List<string>();
            var (ours, theirs, ourCentroids, theirCentroids) = (new double[Quantiles.Length], new double[Quantiles.Length], 0.0, 0.0);
            foreach (var (sample, line) in samples.Zip(lines))
            {
                var digest = Digest(sample);
                var answers = line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
                Array.Sort(sample);
                for (var q = 0; q < Quantiles.Length; q++)
                {
                    ours[q] += RankError(sample, digest.Quantile(Quantiles[q]), Quantiles[q]) / seeds;
                    theirs[q] += RankError(sample, answers[q], Quantiles[q]) / seeds;
                }

                ourCentroids += (double)digest.Means.Length / seeds;
                theirCentroids += answers[^1] / seeds;
            }

            for (var q = 0; q < Quantiles.Length; q++)
            {
                // Less than one number's rank is no error: that is how finely the sample itself knows its quantile.
                var good = ours[q] <= Math.Max(MostError * theirs[q], 1.0 / n);
                met &= good;
                cells.Add($"{1e6 * ours[q]:0}/{1e6 * theirs[q]:0}{(good ? "" : " MISSED")}");
            }

            Console.WriteLine($"| {name} | {string.Join(" | ", cells)} | {ourCentroids:0}/{theirCentroids:0} |");
        }

        return met;
    }

    /// <summary>1,000 parts merged beside one digest of all.</summary>
    private static bool Merging(int seeds, int n)
    {
        Console.WriteLine();
        Console.WriteLine($"1,000 parts merged beside one digest of the same {n:N0} numbers, mean rank error (ppm) of {seeds} seeds:");
        Console.WriteLine();
        var met = true;
        foreach (var name in new[] { "normal", "lognormal", "sorted" })
        {
            var draw = Streams.All.Single(stream => stream.Name == name).Draw;
            var (one, many) = (new double[Quantiles.Length], new double[Quantiles.Length]);
            for (var seed = 1; seed <= seeds; seed++)
            {
                var sample = draw(new Random(seed), n);
                var whole = Digest(sample);
                var merged = new TDigest(Compression);
                foreach (var part in sample.Chunk(n / 1000))
                {
                    merged.Merge(Digest(part));
                }

                Array.Sort(sample);
                for (var q = 0; q < Quantiles.Length; q++)
                {
                    one[q] += RankError(sample, whole.Quantile(Quantiles[q]), Quantiles[q]) / seeds;
                    many[q] += RankError(sample, merged.Quantile(Quantiles[q]), Quantiles[q]) / seeds;
                }
            }

            var good = many.Sum() <= MostMerged * one.Sum();
            met &= good;
            Console.WriteLine($"- {name}: {string.Join(" ", many.Select((error, q) => $"{1e6 * error:0}/{1e6 * one[q]:0}"))} (merged/one){(good ? "" : " MISSED")}");
        }

        return met;
    }

    private static async Task<bool> SpeedAsync(string[] java, string reference, string folder)
    {
        Console.WriteLine();
        var met = true;
        foreach (var name in new[] { "normal", "lognormal", "sorted", "adversarial" })
        {
            var values = Streams.All.Single(stream => stream.Name == name).Draw(new Random(1), Timed);
            var file = WriteTo(Path.Combine(folder, "timed.bin"), values);
            var theirs = double.Parse(await RunAsync([.. java, "time", reference, Text(Compression), file, "7"]), CultureInfo.InvariantCulture);
            var ours = double.MaxValue;
            var allocated = 0L;
            for (var round = 0; round < 7; round++)
            {
                var digest = new TDigest(Compression);
                foreach (var value in values.AsSpan(0, 500_000))
                {
                    digest.Add(value);
                }

                var before = GC.GetAllocatedBytesForCurrentThread();
                var from = Stopwatch.GetTimestamp();
                foreach (var value in values)
                {
                    digest.Add(value);
                }

                digest.Settle();
                ours = Math.Min(ours, Stopwatch.GetElapsedTime(from).TotalNanoseconds / values.Length);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            var good = theirs / ours >= LeastSpeed && allocated == 0;
            met &= good;
            Console.WriteLine($"- {name}: {ours:0.0} ns an add, the reference {theirs:0.0} ns: {theirs / ours:0.0} times as fast (goal {LeastSpeed}); {allocated} bytes allocated by {values.Length:N0} adds{(good ? "" : " MISSED")}");
        }

        return met;
    }

    private static TDigest Digest(double[] values)
    {
        var digest = new TDigest(Compression);
        foreach (var value in values)
        {
            digest.Add(value);
        }

        return digest;
    }

    /// <summary>How far the asked share lies from the shares that the answer's rank stands for.</summary>
    private static double RankError(double[] sorted, double value, double q)
    {
        var low = (double)LowerBound(sorted, value) / sorted.Length;
        var high = (double)LowerBound(sorted, Math.BitIncrement(value)) / sorted.Length;
        return q < low ? low - q : q > high ? q - high : 0;
    }

    private static int LowerBound(double[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static async Task<string[]> CompileAsync(string jar, string folder)
    {
        await RunAsync(["javac", "-cp", jar, "-d", folder, Path.Combine(AppContext.BaseDirectory, "Model", "TDigestReference.java")]);
        return ["java", "-cp", $"{jar}:{folder}", "TDigestReference"];
    }

    private static string WriteTo(string file, double[] values)
    {
        File.WriteAllBytes(file, MemoryMarshal.AsBytes(values.AsSpan()));
        return file;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{string.Join(' ', command.Take(5))} ended with {process.ExitCode}");
    }
}
