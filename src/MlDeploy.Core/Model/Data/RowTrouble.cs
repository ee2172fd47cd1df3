namespace MlDeploy.Core.Model.Data;

/// <summary>Rows that are not as they should be: counted, and the first one's line kept.</summary>
internal sealed class RowTrouble
{
    private static readonly string[] Sentences =
    [
        "rows have another number of fields than the header",
        "rows could not be read and were skipped",
        "rows repeat the header and were skipped",
        "values are arrays or objects nested too deep and were not looked into",
        "lines are not UTF-8; their text is kept with � in it: `iconv -f latin1 -t utf-8 FILE`",
        "values have a name that stands in their row already; the first was taken",
    ];

    private readonly long[] counts = new long[Sentences.Length];
    private readonly long[] firstLines = new long[Sentences.Length];

    public void Ragged(long line) => Note(0, line);

    public void Unreadable(long line) => Note(1, line);

    public void RepeatedHeader(long line) => Note(2, line);

    public void Composite(long line) => Note(3, line);

    public void NotUtf8(long line) => Note(4, line);

    public void Repeated(long line) => Note(5, line);

    public static IEnumerable<string> Tell(string name, IEnumerable<RowTrouble> all)
    {
        for (var kind = 0; kind < Sentences.Length; kind++)
        {
            var hit = all.Where(one => one.counts[kind] > 0).ToList();
            if (hit.Count > 0)
            {
                yield return $"{name}: {hit.Sum(one => one.counts[kind]):N0} {Sentences[kind]} (first: line {hit.Min(one => one.firstLines[kind])})";
            }
        }
    }

    private void Note(int kind, long line)
    {
        if (counts[kind]++ == 0)
        {
            firstLines[kind] = line;
        }
    }
}
