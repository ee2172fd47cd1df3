using System.Text;
using System.Text.Json;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Data;

/// <summary>One JSON object a line. Objects inside objects are features with a dot in their name: `customer.age`.</summary>
internal sealed class JsonLinesFormat(DataOptions options) : RecordFormat
{
    public override RecordWorker NewWorker() => new JsonLinesWorker(options);

    public override int LastEnd(ReadOnlySpan<byte> bytes) => bytes.LastIndexOf((byte)'\n') + 1;
}

internal sealed class JsonLinesWorker(DataOptions options) : RecordWorker(options)
{
    /// <summary>Objects in objects are followed so far.</summary>
    private const int MostNested = 8;

    /// <summary>Names that are looked up without making a string; what comes after is still counted.</summary>
    private const int MostNames = 100_000;

    private readonly DataOptions options = options;
    private readonly Utf8Table names = new();
    private readonly List<FeatureSketch?> sketches = [];
    private readonly List<long> lastRows = [];
    private byte[] path = new byte[512];
    private byte[] text = new byte[512];

    public override void Take(ReadOnlySpan<byte> block, long line)
    {
        for (; !block.IsEmpty; line++)
        {
            var end = block.IndexOf((byte)'\n');
            var row = end < 0 ? block : block[..end];
            block = end < 0 ? [] : block[(end + 1)..];
            if (row.ContainsAnyExcept(" \t\r"u8))
            {
                Row(row, line);
            }
        }
    }

    private void Row(ReadOnlySpan<byte> row, long line)
    {
        // Read twice: a row that is broken in its middle must not count halfway.
        if (!IsObject(row))
        {
            Trouble.Unreadable(line);
            Window.Unreadable++;
            return;
        }

        var reader = new Utf8JsonReader(row, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        Window.Rows++;
        Object(ref reader, 0, 0, line);
    }

    private static bool IsObject(ReadOnlySpan<byte> row)
    {
        try
        {
            var reader = new Utf8JsonReader(row, new JsonReaderOptions { MaxDepth = 512 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Object(ref Utf8JsonReader reader, int prefix, int depth, long line)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = prefix + Name(ref reader, prefix);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && depth < MostNested)
            {
                Room(length + 1);
                path[length] = (byte)'.';
                Object(ref reader, length + 1, depth + 1, line);
            }
            else
            {
                Value(ref reader, Sketch(length, line), line);
            }
        }
    }

    private void Value(ref Utf8JsonReader reader, FeatureSketch? sketch, long line)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                reader.Skip();
                sketch?.AddComposite();
                Trouble.Composite(line);
                break;
            case JsonTokenType.Number:
                if (NumberText.TryParse(reader.ValueSpan, out var number))
                {
                    sketch?.AddNumber(number);
                }
                else
                {
                    sketch?.AddText(reader.ValueSpan);
                }

                break;
            case JsonTokenType.String:
                Text(ref reader, sketch);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                sketch?.AddBoolean(reader.TokenType == JsonTokenType.True);
                break;
            default:
                sketch?.AddMissing();
                break;
        }
    }

    /// <summary>Python writes NaN and infinities as words, and JSON has them as text only.</summary>
    private void Text(ref Utf8JsonReader reader, FeatureSketch? sketch)
    {
        if (sketch is null)
        {
            return;
        }

        var value = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            if (text.Length < value.Length)
            {
                text = new byte[value.Length];
            }

            value = text.AsSpan(0, reader.CopyString(text));
        }

        if (value.IsEmpty)
        {
            sketch.AddMissing();
        }
        else if (sketch.Declared is null && NumberText.TryParse(value, out var number))
        {
            // A word of Python is a number; digits in quotes stay the text that they came as, and are counted.
            if (double.IsFinite(number))
            {
                sketch.AddNumberInText(value);
            }
            else
            {
                sketch.AddNumber(number);
            }
        }
        else
        {
            sketch.AddText(value);
        }
    }

    /// <summary>JSON allows a name twice in an object; what is meant nobody knows, and two values in one row would count as two rows.</summary>
    private FeatureSketch? Once(int index, long line)
    {
        if (lastRows[index] == Window.Rows)
        {
            Trouble.Repeated(line);
            return null;
        }

        lastRows[index] = Window.Rows;
        return sketches[index];
    }

    /// <returns>The name's length; it stands in the path after the prefix.</returns>
    private int Name(ref Utf8JsonReader reader, int prefix)
    {
        Room(prefix + reader.ValueSpan.Length);
        return reader.CopyString(path.AsSpan(prefix));
    }

    private FeatureSketch? Sketch(int length, long line)
    {
        var name = path.AsSpan(0, length);
        var index = names.Find(name);
        if (index >= 0)
        {
            if (sketches[index] is null && options.Columns is null)
            {
                Window.ExcessValues++;
            }

            return Once(index, line);
        }

        if (names.Count >= MostNames)
        {
            Window.ExcessValues++;
            return null;
        }

        // Long names are kept shortened, as in the table.
        index = names.FindOrAdd(name);
        sketches.Add(SketchOf(length <= Utf8Table.LongestName ? Encoding.UTF8.GetString(name) : names[index], options, TDigest.DefaultCompression));
        lastRows.Add(0);
        return Once(index, line);
    }

    private void Room(int length)
    {
        if (path.Length < length + 1)
        {
            Array.Resize(ref path, Math.Max(length + 1, 2 * path.Length));
        }
    }
}
