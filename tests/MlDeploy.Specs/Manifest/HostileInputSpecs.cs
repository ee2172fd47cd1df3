using System.Text;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Manifest;

/// <summary>Tests that measure this process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}

/// <summary>Whatever the bytes, reading ends within a second, takes less than 200 MB, and says what is wrong.</summary>
[Collection(MeasuredAlone.Name)]
public class HostileInputSpecs
{
    public static TheoryData<string> Attacks() => [.. Documents.Keys];

    private static readonly Dictionary<string, Func<byte[]>> Documents = new(StringComparer.Ordinal)
    {
        ["deep flow lists"] = () => Utf8(new string('[', 250_000)),
        ["deep flow maps"] = () => Utf8(string.Concat(Enumerable.Repeat("{a: ", 60_000))),
        ["deep block maps"] = () => Utf8(string.Concat(Enumerable.Range(0, 600).Select(depth => new string(' ', depth) + "a:\n"))),
        ["deep block lists"] = () => Utf8(string.Concat(Enumerable.Repeat("- ", 120_000))),
        ["alias bomb"] = () => Utf8("a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 30).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n"))),
        ["bomb of one long text"] = () => Utf8($"a: &a {new string('x', 100_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 30_000))}]\n"),
        ["alias of itself"] = () => Utf8("a: &a [*a]\n"),
        ["10 MB of text"] = () => Utf8("a: " + new string('x', 10_000_000)),
        ["one word as long as allowed"] = () => Utf8("a: " + new string('x', 260_000)),
        ["many keys"] = () => Utf8(string.Concat(Enumerable.Range(0, 20_000).Select(at => $"k{at}: 1\n"))),
        ["many equal keys"] = () => Utf8(string.Concat(Enumerable.Repeat("name: a\n", 30_000))),
        ["many list items"] = () => Utf8("rollout: { steps: [" + string.Concat(Enumerable.Repeat("{weight: x},", 20_000)) + "] }"),
        ["many near misses"] = () => Utf8("rollout: { gates: [" + string.Concat(Enumerable.Repeat("{metric: htpp.errorz, maxx: 1},", 8_000)) + "] }"),
        ["many environments"] = () => Utf8("environments: {" + string.Concat(Enumerable.Range(0, 4_000).Select(at => $"e{at}: {{}},")) + "}"),
        ["environments over a large document"] = () => Utf8("environments: {" + string.Concat(Enumerable.Range(0, 16).Select(at => $"e{at}: {{version: x}},")) + "}\n"
            + "targets: { aws: { overrides: {" + string.Concat(Enumerable.Range(0, 4_800).Select(at => $"k{at}: 1,")) + "} } }\n"),
        ["many variables"] = () => Utf8("version: \"" + string.Concat(Enumerable.Repeat("${A:-xxxxxxxx}", 18_000)) + "\""),
        ["many open variables"] = () => Utf8("version: \"" + string.Concat(Enumerable.Repeat("${", 130_000)) + "\""),
        ["many dollars"] = () => Utf8("version: \"" + new string('$', 260_000) + "\""),
        ["large variables"] = () => Utf8("application: { command: [" + string.Concat(Enumerable.Repeat("\"${HUGE}\",", 9_000)) + "] }"),
        ["many documents"] = () => Utf8(string.Concat(Enumerable.Repeat("---\na: 1\n", 25_000))),
        ["many comments"] = () => Utf8(string.Concat(Enumerable.Repeat("# x\n", 65_000))),
        ["many anchors"] = () => Utf8(string.Concat(Enumerable.Range(0, 14_000).Select(at => $"k{at}: &a{at} 1\n"))),
        ["a long key"] = () => Utf8(new string('k', 260_000) + ": 1"),
        ["complex keys"] = () => Utf8("? [a]\n: b\n"),
        ["open quote"] = () => Utf8("name: \"" + string.Concat(Enumerable.Repeat("x\n  ", 60_000))),
        ["open bracket and many lines"] = () => Utf8("name: [\n" + string.Concat(Enumerable.Repeat("a,\n", 80_000))),
        ["only tabs"] = () => Utf8(new string('\t', 260_000)),
        ["only colons"] = () => Utf8(string.Concat(Enumerable.Repeat(": ", 130_000))),
        ["only question marks"] = () => Utf8(string.Concat(Enumerable.Repeat("? ", 130_000))),
        ["only newlines"] = () => Utf8(new string('\n', 260_000)),
        ["only quotes"] = () => Utf8(new string('\'', 260_000)),
        ["only ampersands"] = () => Utf8(new string('&', 260_000)),
        ["only exclamation marks"] = () => Utf8(new string('!', 260_000)),
        ["only percent signs"] = () => Utf8(string.Concat(Enumerable.Repeat("%\n", 130_000))),
        ["block scalar with a huge indentation"] = () => Utf8("a: |9\n" + new string(' ', 250_000) + "x"),
        ["zeros"] = () => new byte[260_000],
        ["invalid UTF-8"] = () => [.. Utf8("name: a\nversion: "), 0xC3, 0x28],
        ["UTF-16"] = () => Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("name: a")).ToArray(),
        ["half a character"] = () => Utf8("name: \"\\uD83D\""),
        ["an escaped zero"] = () => Utf8(Reading.Minimal.Replace("v1", "\"a\\0b\"", StringComparison.Ordinal)),
        ["a number beyond all numbers"] = () => Utf8(Reading.With("scaling: { min: " + new string('9', 250_000) + " }")),
        ["a duration beyond all durations"] = () => Utf8(Reading.WithRollout("{ strategy: all-at-once, deadline: 999999999999999d }")),
        ["a long duration"] = () => Utf8(Reading.WithRollout("{ strategy: all-at-once, deadline: " + string.Concat(Enumerable.Repeat("1d", 120_000)) + " }")),
        ["nothing"] = () => [],
        ["only a byte order mark"] = () => [0xEF, 0xBB, 0xBF],
        ["a list"] = () => Utf8("- a\n- b\n"),
        ["one word"] = () => Utf8("hello"),
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void It_is_refused_in_time_and_space(string attack)
    {
        var bytes = Documents[attack]();
        var variables = new Dictionary<string, string> { ["HUGE"] = new('x', 100_000) };
        Reading.Read(Reading.Minimal);

        // Processor time, and the quickest of three: what is bounded is the work, not what else the machine does meanwhile.
        var (elapsed, allocated, result) = Enumerable.Range(0, 3).Select(_ => Measure(bytes, variables)).MinBy(measured => measured.Elapsed);
        TestContext.Current.TestOutputHelper?.WriteLine($"{attack}: {elapsed.TotalMilliseconds:0} ms, {allocated >> 20} MiB allocated, {result.Problems.Length} problems, first: {result.Problems.FirstOrDefault()}");
        Assert.Null(result.Manifest);
        Assert.NotEmpty(result.Problems);
        Assert.All(result.Problems, problem => Assert.False(string.IsNullOrEmpty(problem.Remedy)));
        Assert.True(allocated < 200L << 20, $"{allocated >> 20} MiB allocated");
        Assert.True(elapsed < TimeSpan.FromSeconds(1), $"{elapsed.TotalMilliseconds:0} ms");
    }

    private static (TimeSpan Elapsed, long Allocated, ManifestResult Result) Measure(byte[] bytes, Dictionary<string, string> variables)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.CpuUsage.TotalTime;
        var result = Reading.Read(bytes, variables: variables);
        return (Environment.CpuUsage.TotalTime - start, GC.GetAllocatedBytesForCurrentThread() - before, result);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
