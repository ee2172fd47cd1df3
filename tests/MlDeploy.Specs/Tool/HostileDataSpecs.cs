using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.ToolShell;

/// <summary>Data as it comes, through `profile create` and `drift` as a user runs them: each is read, counted, or refused with what to do. What users read is the golden.</summary>
public sealed partial class HostileDataSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-hostile-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Whatever_a_file_holds_it_ends_in_a_profile_or_in_a_message()
    {
        var transcript = new StringBuilder();
        foreach (var (name, bytes) in Files())
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, TestContext.Current.CancellationToken);
            var run = await Run("profile", "create", name, "--out", "p.json");
            transcript.Append(Time().Replace(run.Transcript("profile", "create", name, "--out", "p.json"), "THEN")).Append('\n');
            Assert.NotEqual(ExitCode.Bug, run.ExitCode);
            Assert.Equal(run.ExitCode == ExitCode.Done, File.Exists(Path.Combine(folder, "p.json")));
            File.Delete(Path.Combine(folder, "p.json"));
        }

        Golden.Match("tests/MlDeploy.Specs/Tool/Goldens/hostile-data.golden", transcript.ToString());
    }

    [Theory]
    [InlineData("same", "nothing is beyond")]
    [InlineData("milliseconds", "missing: seconds")]
    [InlineData("text", "missing: seconds", "number → category")]
    [InlineData("gone", "missing: seconds", "absent")]
    [InlineData("empty", "missing: seconds", "absent")]
    [InlineData("nulls", "missing: seconds", "missing")]
    [InlineData("lowercase", "nothing is beyond")]
    [InlineData("names", "missing: plan", "30")]
    public async Task A_planted_fault_is_found_and_only_that(string fault, params string[] told)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "train.csv"), Rows(5000, 1, 0, "same"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "live.csv"), Rows(3000, 2, 5000, fault), TestContext.Current.CancellationToken);
        var made = await Run("profile", "create", "train.csv", "--out", "p.json");
        Assert.Contains("id counts the rows", made.Messages, StringComparison.Ordinal);
        await Run("profile", "create", "train.csv", "--out", "p.json", "--type", "id=text");

        var run = await Run("drift", "--profile", "p.json", "live.csv");

        Assert.All(told, words => Assert.Contains(words, run.Results, StringComparison.Ordinal));
        Assert.Equal(told[0].StartsWith("nothing", StringComparison.Ordinal) ? ExitCode.Done : ExitCode.DriftBeyondLimit, run.ExitCode);
        Assert.EndsWith(told[0] + (run.ExitCode == ExitCode.Done ? " 0.2\n" : "\n"), run.Results, StringComparison.Ordinal);
    }

    private static string Rows(int count, int seed, int first, string fault)
    {
        var random = new Random(seed);
        var text = new StringBuilder(fault == "gone" ? "id,at,plan,active,duration\n" : "id,at,plan,active,seconds\n");
        for (var row = 0; row < count; row++)
        {
            var seconds = -40 * Math.Log(1 - random.NextDouble());
            var shown = fault switch
            {
                "milliseconds" => Text(1000 * seconds),
                "text" => "x",
                "empty" => "",
                "nulls" when random.Next(10) == 0 => "",
                _ => Text(seconds),
            };
            var plan = fault == "names" && random.Next(10) < 3 ? "team" : random.Next(4) == 0 ? "pro" : "free";
            var active = random.Next(2) == 0 ? "True" : "False";
            text.Append(CultureInfo.InvariantCulture, $"{first + row},2026-11-21T00:00:{row % 60:00}Z,{plan},{(fault == "lowercase" ? active.ToLowerInvariant() : active)},{shown}\n");
        }

        return text.ToString();
    }

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, byte[] Bytes)> Files()
    {
        yield return ("empty.csv", []);
        yield return ("header-alone.csv", "a,b\n"u8.ToArray());
        yield return ("bom-and-crlf.csv", "\uFEFFa,b\r\n1,2\r\n3,4\r\n"u8.ToArray());
        yield return ("carriage-returns.csv", "a,b\r1,2\r3,4\r"u8.ToArray());
        yield return ("utf-16.csv", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a,b\n1,2\n")).ToArray());
        yield return ("utf-16-bare.csv", Encoding.Unicode.GetBytes("a,b\n1,2\n"));
        yield return ("latin-1.csv", Encoding.Latin1.GetBytes("town,n\nMünchen,1\nGraz,2\nKöln,3\n"));
        yield return ("latin-1-header.csv", Encoding.Latin1.GetBytes("größe,n\n1,2\n"));
        yield return ("same-name-twice.csv", "a,b,a\n1,2,3\n"u8.ToArray());
        yield return ("same-name-twice.jsonl", """{"a":1,"a":2,"b":1}"""u8.ToArray());
        yield return ("header-changes.csv", Bytes("a,b,c\n", 30, row => $"{row},{row},{row}\n", "a,b,d\n1,2,3\n"));
        yield return ("header-grows.csv", Bytes("a,b\n", 30, row => $"{row},{row}\n", "a,b,c\n1,2,3\n"));
        yield return ("header-repeats.csv", Bytes("a,b\n", 30, row => $"{row},{row}\n", "a,b\n1,2\n"));
        yield return ("other-lengths.csv", "a,b,c\n1,2\n1,2,3,4\n1,2,3\n"u8.ToArray());
        yield return ("quote-never-closed.csv", Bytes("a,b\n1,\"open\n", 40, row => $"{row},x\n", ""));
        yield return ("quotes-inside.csv", "a,b\n1,x\"y\n2,\"x\"y\n3,\"o,k\"\n"u8.ToArray());
        yield return ("not-numbers.csv", Bytes("a,b\n", 50, row => $"{(row % 2 == 0 ? "NaN" : "inf")},{row}\n", ""));
        yield return ("numbers-in-quotes.jsonl", Bytes("", 200, row => $"{{\"n\":\"{row}.5\",\"m\":{row}}}\n", ""));
        yield return ("deep.jsonl", Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', 5000)}{new string(']', 5000)}}}\n{{\"a\":[1,2]}}\n{{\"a\":1}}\n"));
        yield return ("array.json", """[{"a":1},{"a":2}]"""u8.ToArray());
        yield return ("pretty.json", "{\n  \"a\": 1\n}\n"u8.ToArray());
        yield return ("long-text.csv", Bytes("a,b\n", 3, row => $"{row},{new string('x', 1_000_000)}{row}\n", ""));
        yield return ("wide.csv", Encoding.UTF8.GetBytes($"{string.Join(',', Enumerable.Range(0, 100_000).Select(column => $"c{column}"))}\n{string.Join(',', Enumerable.Range(0, 100_000))}\n"));
        var packed = Packed(Bytes("a,b\n", 5000, row => $"{row * 7919 % 10007},{row}\n", ""));
        yield return ("truncated.csv.gz", packed[..(packed.Length / 2)]);
        yield return ("beginning-alone.csv.gz", packed[..5]);
        yield return ("zip.csv", "PK\u0003\u0004 and so on"u8.ToArray());
    }

    private static byte[] Bytes(string before, int rows, Func<int, string> row, string after) =>
        Encoding.UTF8.GetBytes(before + string.Concat(Enumerable.Range(0, rows).Select(row)) + after);

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")]
    private static partial Regex Time();

    private Task<ToolRun> Run(params string[] arguments) => ToolRun.Of(surroundings => surroundings with { WorkingDirectory = folder }, arguments);
}
