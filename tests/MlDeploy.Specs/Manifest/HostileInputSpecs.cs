using System.Diagnostics;
using System.Text;

namespace MlDeploy.Specs.Manifest;

/// <summary>Whatever the bytes, reading ends within a second, takes less than 200 MB, and says what is wrong.</summary>
[Collection("measured alone")]
public class HostileInputSpecs
{
    public static TheoryData<string> Attacks() => [.. Documents.Keys];

    private static readonly Dictionary<string, Func<byte[]>> Documents = new(StringComparer.Ordinal)
    {
        ["deep flow lists"] = () => Utf8(new string('[', 500_000)),
        ["deep flow maps"] = () => Utf8(string.Concat(Enumerable.Repeat("{a: ", 200_000))),
        ["deep block maps"] = () => Utf8(string.Concat(Enumerable.Range(0, 1_000).Select(depth => new string(' ', depth) + "a:\n"))),
        ["deep block lists"] = () => Utf8(string.Concat(Enumerable.Repeat("- ", 400_000))),
        ["alias bomb"] = () => Utf8("a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 30).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n"))),
        ["bomb of one long text"] = () => Utf8($"a: &a {new string('x', 500_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 100_000))}]\n"),
        ["alias of itself"] = () => Utf8("a: &a [*a]\n"),
        ["10 MB of text"] = () => Utf8("a: " + new string('x', 10_000_000)),
        ["1 MB of one word"] = () => Utf8("a: " + new string('x', 1_000_000)),
        ["many keys"] = () => Utf8(string.Concat(Enumerable.Range(0, 45_000).Select(at => $"k{at}: 1\n"))),
        ["many equal keys"] = () => Utf8(string.Concat(Enumerable.Repeat("name: a\n", 100_000))),
        ["many list items"] = () => Utf8("rollout: { steps: [" + string.Concat(Enumerable.Repeat("{weight: x},", 20_000)) + "] }"),
        ["many near misses"] = () => Utf8("rollout: { gates: [" + string.Concat(Enumerable.Repeat("{metric: htpp.errorz, maxx: 1},", 12_000)) + "] }"),
        ["many environments"] = () => Utf8("environments: {" + string.Concat(Enumerable.Range(0, 100_000).Select(at => $"e{at}: {{}},")) + "}"),
        ["environments over a large document"] = () => Utf8("environments: {" + string.Concat(Enumerable.Range(0, 32).Select(at => $"e{at}: {{version: x}},")) + "}\n"
            + "targets: { aws: { overrides: {" + string.Concat(Enumerable.Range(0, 20_000).Select(at => $"k{at}: 1,")) + "} } }\n"),
        ["many variables"] = () => Utf8("version: \"" + string.Concat(Enumerable.Repeat("${A:-xxxxxxxx}", 70_000)) + "\""),
        ["many open variables"] = () => Utf8("version: \"" + string.Concat(Enumerable.Repeat("${", 500_000)) + "\""),
        ["many dollars"] = () => Utf8("version: \"" + new string('$', 1_000_000) + "\""),
        ["large variables"] = () => Utf8("application: { command: [" + string.Concat(Enumerable.Repeat("\"${HUGE}\",", 20_000)) + "] }"),
        ["many documents"] = () => Utf8(string.Concat(Enumerable.Repeat("---\na: 1\n", 100_000))),
        ["many comments"] = () => Utf8(string.Concat(Enumerable.Repeat("# x\n", 250_000))),
        ["many anchors"] = () => Utf8(string.Concat(Enumerable.Range(0, 60_000).Select(at => $"k{at}: &a{at} 1\n"))),
        ["a key of 1 MB"] = () => Utf8(new string('k', 1_000_000) + ": 1"),
        ["complex keys"] = () => Utf8("? [a]\n: b\n"),
        ["open quote"] = () => Utf8("name: \"" + string.Concat(Enumerable.Repeat("x\n  ", 200_000))),
        ["open bracket and many lines"] = () => Utf8("name: [\n" + string.Concat(Enumerable.Repeat("a,\n", 200_000))),
        ["only tabs"] = () => Utf8(new string('\t', 1_000_000)),
        ["only colons"] = () => Utf8(string.Concat(Enumerable.Repeat(": ", 400_000))),
        ["only question marks"] = () => Utf8(string.Concat(Enumerable.Repeat("? ", 400_000))),
        ["only newlines"] = () => Utf8(new string('\n', 1_000_000)),
        ["only quotes"] = () => Utf8(new string('\'', 1_000_000)),
        ["only ampersands"] = () => Utf8(new string('&', 1_000_000)),
        ["only exclamation marks"] = () => Utf8(new string('!', 1_000_000)),
        ["only percent signs"] = () => Utf8(string.Concat(Enumerable.Repeat("%\n", 400_000))),
        ["block scalar with a huge indentation"] = () => Utf8("a: |9\n" + new string(' ', 900_000) + "x"),
        ["zeros"] = () => new byte[1_000_000],
        ["invalid UTF-8"] = () => [.. Utf8("name: a\nversion: "), 0xC3, 0x28],
        ["UTF-16"] = () => Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("name: a")).ToArray(),
        ["half a character"] = () => Utf8("name: \"\\uD83D\""),
        ["an escaped zero"] = () => Utf8(Reading.Minimal.Replace("v1", "\"a\\0b\"", StringComparison.Ordinal)),
        ["a number beyond all numbers"] = () => Utf8(Reading.With("scaling: { min: " + new string('9', 900_000) + " }")),
        ["a duration beyond all durations"] = () => Utf8(Reading.WithRollout("{ strategy: all-at-once, deadline: 999999999999999d }")),
        ["a long duration"] = () => Utf8(Reading.WithRollout("{ strategy: all-at-once, deadline: " + string.Concat(Enumerable.Repeat("1d", 400_000)) + " }")),
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

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        var result = Reading.Read(bytes, variables: variables);
        watch.Stop();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        TestContext.Current.TestOutputHelper?.WriteLine($"{attack}: {watch.ElapsedMilliseconds} ms, {allocated >> 20} MiB allocated, {result.Problems.Length} problems, first: {result.Problems.FirstOrDefault()}");
        Assert.Null(result.Manifest);
        Assert.NotEmpty(result.Problems);
        Assert.All(result.Problems, problem => Assert.False(string.IsNullOrEmpty(problem.Remedy)));
        Assert.True(allocated < 200L << 20, $"{allocated >> 20} MiB allocated");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{watch.ElapsedMilliseconds} ms");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
