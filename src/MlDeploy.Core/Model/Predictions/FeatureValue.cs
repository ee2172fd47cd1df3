using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>One value as it came, before it is known what it is compared with.</summary>
public readonly record struct FeatureValue(FeatureValue.Form Is, double Number = 0, byte[]? Text = null)
{
    public enum Form
    {
        Missing,
        Number,
        Text,
        Boolean,

        /// <summary>An array, or an object too deep.</summary>
        Composite,
    }

    public static FeatureValue Missing { get; } = new(Form.Missing);

    public static FeatureValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => new(Form.Number, element.GetDouble()),
        JsonValueKind.String => OfText(Utf8Of(element)),
        JsonValueKind.True => new(Form.Boolean, 1),
        JsonValueKind.False => new(Form.Boolean, 0),
        JsonValueKind.Null or JsonValueKind.Undefined => Missing,
        _ => new(Form.Composite),
    };

    /// <summary>As it stands between the quotes, unless something in it is escaped.</summary>
    private static byte[] Utf8Of(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(text.GetString()!) : raw.ToArray();
    }

    /// <summary>NaN and infinities have no other form than words in JSON; an empty text is missing.</summary>
    public static FeatureValue OfText(byte[] text) =>
        text.Length == 0 ? Missing
        : NumberText.TryParse(text, out var number) && !double.IsFinite(number) ? new(Form.Number, number)
        : new(Form.Text, 0, text);

    /// <summary>A cell of CSV, where numbers are not told from names.</summary>
    public static FeatureValue OfCell(byte[] cell) => NumberText.TryParse(cell, out var number) ? new(Form.Number, number, cell) : OfText(cell);

    /// <summary>Whether a category counts the value under this name; UTF-8.</summary>
    public bool IsNamed(ReadOnlySpan<byte> name)
    {
        Span<byte> digits = stackalloc byte[32];
        return Is switch
        {
            Form.Text => name.SequenceEqual(Text),
            Form.Boolean => name.SequenceEqual(Number != 0 ? "true"u8 : "false"u8),
            Form.Number when Text is { } cell => name.SequenceEqual(cell),
            Form.Number => Number.TryFormat(digits, out var written, provider: System.Globalization.CultureInfo.InvariantCulture) && name.SequenceEqual(digits[..written]),
            _ => false,
        };
    }

    public void AddTo(FeatureSketch sketch)
    {
        switch (Is)
        {
            case Form.Number when Text is { } cell && sketch.Declared is { } kind && kind != FeatureKind.Number:
                sketch.AddText(cell);
                break;
            case Form.Number:
                sketch.AddNumber(Number);
                break;
            case Form.Text:
                sketch.AddText(Text);
                break;
            case Form.Boolean:
                sketch.AddBoolean(Number != 0);
                break;
            case Form.Composite:
                sketch.AddComposite();
                break;
            default:
                sketch.AddMissing();
                break;
        }
    }
}
