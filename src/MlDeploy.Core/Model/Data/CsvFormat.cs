using System.Text;
using System.Text.Unicode;
using MlDeploy.Core.Errors;

namespace MlDeploy.Core.Model.Data;

/// <summary>CSV by RFC 4180, with a header; separated by commas, semicolons, tabs or bars, whichever the header has most of.</summary>
internal sealed class CsvFormat : RecordFormat
{
    private const int MostColumns = 1_000_000;

    private readonly DataOptions options;

    private CsvFormat(string name, DataOptions options, byte[] header, byte delimiter, IReadOnlyList<string> columns)
    {
        (Name, this.options, Header, Delimiter, Columns) = (name, options, header, delimiter, columns);
        HeaderLength = header.Length;
        FirstLine = 1 + header.Count(letter => letter == '\n');
    }

    public string Name { get; }

    /// <summary>The header's record as it stands there, with its end of line.</summary>
    public byte[] Header { get; }

    public byte Delimiter { get; }

    public IReadOnlyList<string> Columns { get; }

    public static CsvFormat Of(string name, DataOptions options, Action more, BytesSoFar bytes)
    {
        int end;
        for (var length = -1; (end = FirstEnd(bytes())) == 0 && length != bytes().Length;)
        {
            length = bytes().Length;
            more();
        }

        var header = bytes()[..(end == 0 ? bytes().Length : end)];
        if (header.Contains((byte)0))
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} is no text: its first line holds a byte 0", "give CSV or JSON Lines in UTF-8, or gzip of either");
        }

        if (!Utf8.IsValid(header))
        {
            throw new ExpectedException(ExitCode.Usage, $"{name}:1: the header is not UTF-8", "convert the file: `iconv -f latin1 -t utf-8 FILE`");
        }

        if (header.TrimEnd("\r\n"u8).Contains((byte)'\r') && !header.Contains((byte)'"'))
        {
            throw new ExpectedException(ExitCode.Usage, $"{name}: lines end with a carriage return alone", "convert the file: `tr '\\r' '\\n' < FILE`");
        }

        var delimiter = DelimiterOf(header);
        var columns = CsvFields.Split(header, delimiter).Select((field, index) => Encoding.UTF8.GetString(field).Trim() is { Length: > 0 } column ? column : $"column {index + 1}").ToList();
        if (columns.Count > MostColumns)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} has {columns.Count:N0} columns, more than {MostColumns:N0}", "is it CSV with one record a line?");
        }

        Check(name, columns);
        var asked = (options.Columns ?? []).Concat(options.Kinds.Keys).Concat(options is { Prediction: { } prediction, PredictionMayBeAbsent: false } ? [prediction] : []);
        if (asked.FirstOrDefault(one => !columns.Contains(one, StringComparer.Ordinal)) is { } unknown)
        {
            throw DataReader.NoColumn(unknown, columns);
        }

        return new CsvFormat(name, options, header.ToArray(), delimiter, columns);
    }

    public override RecordWorker NewWorker() => new CsvWorker(this, options);

    public override int LastEnd(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.Contains((byte)'"'))
        {
            return bytes.LastIndexOf((byte)'\n') + 1;
        }

        var (at, end) = (0, 0);
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOfAny((byte)'"', (byte)'\n');
            if (found < 0)
            {
                break;
            }

            at += found;
            if (bytes[at] == '\n')
            {
                end = ++at;
            }
            else
            {
                // A quote opens a field only where the field begins; elsewhere it is a letter.
                at = at == 0 || bytes[at - 1] == Delimiter || bytes[at - 1] == '\n' ? CsvFields.Closed(bytes, at + 1) : at + 1;
            }
        }

        return end;
    }

    private static int FirstEnd(ReadOnlySpan<byte> bytes)
    {
        for (var (at, quoted) = (0, false); at < bytes.Length; at++)
        {
            quoted ^= bytes[at] == '"';
            if (bytes[at] == '\n' && !quoted)
            {
                return at + 1;
            }
        }

        return 0;
    }

    /// <summary>Letters inside quotes separate nothing.</summary>
    private static byte DelimiterOf(ReadOnlySpan<byte> header)
    {
        var (best, most) = ((byte)',', 0);
        foreach (var candidate in ",;\t|"u8)
        {
            var (count, quoted) = (0, false);
            foreach (var letter in header)
            {
                quoted ^= letter == '"';
                count += letter == candidate && !quoted ? 1 : 0;
            }

            (best, most) = count > most ? (candidate, count) : (best, most);
        }

        return best;
    }

    private static void Check(string name, List<string> columns)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (column, index) in columns.Select((column, index) => (column, index)))
        {
            if (!seen.TryAdd(column, index))
            {
                throw new ExpectedException(ExitCode.Usage, $"{name}:1: two columns are called '{Shown(column)}': {seen[column] + 1} and {index + 1}", "give every column a name of its own in the header");
            }
        }

        if (columns.Count(column => double.TryParse(column, System.Globalization.CultureInfo.InvariantCulture, out _)) > columns.Count / 2)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name}:1: the first line holds numbers, not names: '{Shown(string.Join(',', columns.Take(5)))}'", "add a header with the columns' names");
        }
    }

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

/// <summary>Fields of a record, where speed does not count.</summary>
internal static class CsvFields
{
    /// <summary>After the quote that closes a field opened before <paramref name="at"/>; the end when none does.</summary>
    public static int Closed(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf((byte)'"');
            if (found < 0)
            {
                return bytes.Length;
            }

            at += found + 1;
            if (at >= bytes.Length || bytes[at] != '"')
            {
                return at;
            }

            at++;
        }

        return bytes.Length;
    }

    /// <param name="record">With or without its end of line.</param>
    public static List<byte[]> Split(ReadOnlySpan<byte> record, byte delimiter)
    {
        record = record.TrimEnd("\r\n"u8);
        var fields = new List<byte[]>();
        for (var at = 0; at <= record.Length;)
        {
            if (at < record.Length && record[at] == '"' && Closed(record, at + 1) is var closed && (closed == record.Length || record[closed] == delimiter))
            {
                var inner = record[(at + 1)..Math.Max(at + 1, closed - 1)];
                fields.Add(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(inner).Replace("\"\"", "\"", StringComparison.Ordinal)));
                at = closed + 1;
                continue;
            }

            var length = record[at..].IndexOf(delimiter);
            length = length < 0 ? record.Length - at : length;
            fields.Add(record.Slice(at, length).ToArray());
            at += length + 1;
        }

        return fields;
    }
}
