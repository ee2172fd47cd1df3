using System.Text;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Data;

/// <summary>
/// Parses CSV records straight from their bytes. A plain number is read digit by digit up to the delimiter, without looking for the field's end first;
/// everything else takes the slower way. No value allocates.
/// </summary>
internal sealed class CsvWorker : RecordWorker
{
    /// <summary>So many numbers and no text make a column one of numbers, for telling a header that changes in the middle.</summary>
    private const long SurelyNumbers = 10;

    private readonly CsvFormat format;
    private readonly FeatureSketch?[] sketches;
    private readonly bool[] mayBeNumber;
    private readonly long excess;
    private byte[] unescaped = new byte[256];

    public CsvWorker(CsvFormat format, DataOptions options)
        : base(options)
    {
        this.format = format;
        var compression = TDigestsOf(format.Columns.Count);
        sketches = [.. format.Columns.Select(column => SketchOf(column, options, compression))];
        mayBeNumber = [.. sketches.Select(sketch => sketch is { Declared: null or FeatureKind.Number })];

        // Columns beyond the most: said once by the window, and from here on once a row.
        (excess, Window.ExcessValues) = (Window.ExcessValues, 0);
    }

    public override void Take(ReadOnlySpan<byte> block, long line)
    {
        var at = 0;
        while (at < block.Length)
        {
            if (block[at] is (byte)'\n' or (byte)'\r')
            {
                at++;
            }
            else if (block[at] == format.Header[0] && block[at..].StartsWith(format.Header))
            {
                Trouble.RepeatedHeader(Line(block, line, at));
                at += format.Header.Length;
            }
            else
            {
                at = Row(block, line, at);
            }
        }
    }

    /// <summary>Finer digests for few columns, coarser ones for many: memory stays the same.</summary>
    private static double TDigestsOf(int columns) => columns <= 64 ? TDigest.DefaultCompression : columns <= 256 ? 50 : TDigest.LeastCompression;

    /// <returns>Where the next row begins.</returns>
    private int Row(ReadOnlySpan<byte> block, long line, int begin)
    {
        var (at, column, ended) = (begin, 0, false);
        while (!ended)
        {
            var sketch = column < sketches.Length ? sketches[column] : null;
            if (sketch is not null && mayBeNumber[column] && NumberText.TryParseStart(block[at..], out var number) is > 0 and var read && EndsAt(block, at + read, out ended, out var next))
            {
                sketch.AddNumber(number);
                at = next;
            }
            else
            {
                at = Field(block, line, begin, at, sketch, column, out ended);
                if (at < 0)
                {
                    return Skip(block, line, begin);
                }
            }

            column++;
        }

        Window.Rows++;
        Window.ExcessValues += excess;
        if (column != sketches.Length)
        {
            Trouble.Ragged(Line(block, line, begin));
        }

        return at;
    }

    private bool EndsAt(ReadOnlySpan<byte> block, int at, out bool rowEnds, out int next)
    {
        if (at >= block.Length)
        {
            (rowEnds, next) = (true, at);
            return true;
        }

        var letter = block[at];
        rowEnds = letter is (byte)'\n' or (byte)'\r';
        next = at + 1;
        return rowEnds || letter == format.Delimiter;
    }

    /// <returns>Where the next field begins; below 0 when this one is broken.</returns>
    private int Field(ReadOnlySpan<byte> block, long line, int row, int at, FeatureSketch? sketch, int column, out bool rowEnds)
    {
        if (at < block.Length && block[at] == '"')
        {
            var closed = CsvFields.Closed(block, at + 1);
            if (!EndsAt(block, closed, out rowEnds, out var next) || block[closed - 1] != '"' || closed == at + 1)
            {
                return -1;
            }

            Value(Unescape(block[(at + 1)..(closed - 1)]), block, line, row, sketch, column);
            return next;
        }

        var length = block[at..].IndexOfAny(format.Delimiter, (byte)'\n');
        length = length < 0 ? block.Length - at : length;
        rowEnds = at + length >= block.Length || block[at + length] == '\n';
        Value(block.Slice(at, length).TrimEnd((byte)'\r'), block, line, row, sketch, column);
        return Math.Min(block.Length, at + length + 1);
    }

    private void Value(ReadOnlySpan<byte> text, ReadOnlySpan<byte> block, long line, int row, FeatureSketch? sketch, int column)
    {
        if (sketch is null)
        {
            return;
        }

        text = text.Trim((byte)' ');
        if (MissingText.Is(text))
        {
            sketch.AddMissing();
        }
        else if (mayBeNumber[column] && NumberText.TryParse(text, out var number))
        {
            sketch.AddNumber(number);
        }
        else
        {
            if (sketch.NumberCount >= SurelyNumbers && sketch.Names.Count == 0)
            {
                RefuseHeader(block, line, row);
            }

            sketch.AddText(text);
        }
    }

    /// <summary>A row of names where there were numbers: two files with different headers were put together, and nothing after it means what it says.</summary>
    private void RefuseHeader(ReadOnlySpan<byte> block, long line, int row)
    {
        var end = block[row..].IndexOf((byte)'\n');
        var fields = CsvFields.Split(end < 0 ? block[row..] : block.Slice(row, end), format.Delimiter).Select(field => Encoding.UTF8.GetString(field).Trim()).ToList();
        var knownAsNames = fields.Count(field => format.Columns.Contains(field, StringComparer.Ordinal));
        if (knownAsNames * 2 > fields.Count && fields.Count > 1)
        {
            var change = fields.Except(format.Columns, StringComparer.Ordinal).FirstOrDefault() is { } added ? $"'{added}' is new" : "the columns stand in another order";
            throw new ExpectedException(
                ExitCode.Usage,
                $"{format.Name}:{Line(block, line, row)}: the header changes here: {change}",
                "give the parts as files of their own");
        }
    }

    /// <summary>A quote that is not closed where a field ends: the row is left out, up to its end of line.</summary>
    private int Skip(ReadOnlySpan<byte> block, long line, int row)
    {
        Trouble.Unreadable(Line(block, line, row));
        Window.Unreadable++;
        var end = block[row..].IndexOf((byte)'\n');
        return end < 0 ? block.Length : row + end + 1;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> inner)
    {
        var quote = inner.IndexOf("\"\""u8);
        if (quote < 0)
        {
            return inner;
        }

        if (unescaped.Length < inner.Length)
        {
            unescaped = new byte[inner.Length];
        }

        var length = 0;
        for (; quote >= 0; quote = inner.IndexOf("\"\""u8))
        {
            inner[..(quote + 1)].CopyTo(unescaped.AsSpan(length));
            length += quote + 1;
            inner = inner[(quote + 2)..];
        }

        inner.CopyTo(unescaped.AsSpan(length));
        return unescaped.AsSpan(0, length + inner.Length);
    }

    private static long Line(ReadOnlySpan<byte> block, long line, int at) => line + System.MemoryExtensions.Count(block[..at], (byte)'\n');
}

/// <summary>What stands for "no value": nothing, and the words that databases and data frames write.</summary>
internal static class MissingText
{
    public static bool Is(ReadOnlySpan<byte> text) => text.Length switch
    {
        0 => true,
        2 => text.SequenceEqual("NA"u8) || text.SequenceEqual("\\N"u8),
        3 => text.SequenceEqual("N/A"u8),
        4 => text.SequenceEqual("null"u8) || text.SequenceEqual("NULL"u8) || text.SequenceEqual("None"u8) || text.SequenceEqual("<NA>"u8),
        _ => false,
    };
}
