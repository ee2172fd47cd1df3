namespace MlDeploy.Tool.Output;

/// <param name="Text">Shown as it is; a value that is not there is shown as `–`.</param>
internal readonly record struct Cell(string? Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(text);
}

/// <summary>
/// A compact table: no lines, two spaces between columns, numbers to the right. Readable without colour and by `awk`:
/// one row a line, and no cell is left empty.
/// </summary>
internal sealed class Table
{
    private const string Missing = "–";
    private const string Gap = "  ";

    private readonly bool[] right;
    private readonly List<Cell[]> rows = [];

    /// <param name="columns">Headings; one that begins with `>` is of a column of numbers.</param>
    public Table(params string[] columns)
    {
        right = [.. columns.Select(column => column.StartsWith('>'))];
        rows.Add([.. columns.Select(column => new Cell(column.TrimStart('>').ToUpperInvariant(), Tone.Quiet))]);
    }

    public int Count => rows.Count - 1;

    public Table Add(params Cell[] cells)
    {
        if (cells.Length != right.Length)
        {
            throw new ArgumentException($"a row of this table has {right.Length} cells, not {cells.Length}", nameof(cells));
        }

        rows.Add([.. cells.Select(cell => string.IsNullOrEmpty(cell.Text) ? cell with { Text = Missing } : cell)]);
        return this;
    }

    public void Write(TextWriter to, Palette palette)
    {
        var widths = Enumerable.Range(0, right.Length).Select(column => rows.Max(row => row[column].Text!.Length)).ToArray();
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                var last = column == row.Length - 1;
                var padding = new string(' ', widths[column] - row[column].Text!.Length);
                var painted = palette.Paint(row[column].Tone, row[column].Text!);
                to.Write(right[column] ? padding + painted : last ? painted : painted + padding);
                to.Write(last ? to.NewLine : Gap);
            }
        }
    }
}
