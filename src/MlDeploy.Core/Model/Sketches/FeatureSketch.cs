using System.Globalization;
using System.Text;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// One feature's values in bounded memory: numbers, names, and what is neither. Every value is counted as what it is, so that a column that changes
/// its type is seen. Where a partition of the reference is given, values are counted exactly in its bins too, which is what judging reads.
/// Not for several threads at once.
/// </summary>
public sealed class FeatureSketch
{
    private readonly double compression;

    /// <param name="declared">The kind that a user or a profile says it has; null: by what is seen.</param>
    /// <param name="partition">Bins of the reference to count in; null: none.</param>
    public FeatureSketch(FeatureKind? declared = null, FeaturePartition? partition = null, double compression = TDigest.DefaultCompression)
    {
        (Declared, Partition, this.compression) = (declared, partition, compression);
        Numbers = new NumberSketch(compression);
        Bins = new long[partition?.Count ?? 0];
    }

    public FeatureKind? Declared { get; }

    public FeaturePartition? Partition { get; }

    /// <summary>Values in the bins of <see cref="Partition"/>.</summary>
    public long[] Bins { get; }

    public NumberSketch Numbers { get; private set; }

    public CategorySketch Names { get; } = new();

    /// <summary>Null, or an empty field. A row without the feature at all is not counted here: a window knows its rows.</summary>
    public long Missing { get; private set; }

    /// <summary>Names that are dates or times.</summary>
    public long Times { get; private set; }

    /// <summary>Numbers that came as text where the source tells the two apart.</summary>
    public long NumbersAsText { get; private set; }

    /// <summary>Arrays, or objects too deep: counted, not looked into.</summary>
    public long Composite { get; private set; }

    /// <summary>Values of another type than the declared one: text in a number.</summary>
    public long Mistyped => Declared == FeatureKind.Number ? Names.Count : 0;

    public DateTimeOffset? FirstSeen { get; private set; }

    public DateTimeOffset? LastSeen { get; private set; }

    public long NumberCount => Numbers.Count + Numbers.NaN + Numbers.PositiveInfinite + Numbers.NegativeInfinite;

    /// <summary>Rows in which the feature stood, missing or not.</summary>
    public long Seen => NumberCount + Names.Count + Missing + Composite;

    public FeatureKind Kind => Declared ?? FeatureKindRule.Of(this);

    public void AddNumber(double value)
    {
        if (Declared is { } kind && kind != FeatureKind.Number)
        {
            AddNumberAsName(value);
            return;
        }

        Numbers.Add(value);
        if (Partition is { IsNumeric: true } && double.IsFinite(value))
        {
            Bins[Partition.IndexOf(value)]++;
        }
    }

    /// <param name="text">UTF-8; its length is bounded only by the reader.</param>
    public void AddText(ReadOnlySpan<byte> text)
    {
        if (Declared == FeatureKind.Number && NumberText.TryParse(text, out var number))
        {
            NumbersAsText++;
            AddNumber(number);
            return;
        }

        if (IsDate(text))
        {
            Times++;
        }

        Names.Add(text);
        if (Partition is { IsNumeric: false })
        {
            Bins[Partition.IndexOf(text)]++;
        }
    }

    /// <summary>A number in quotes, where nobody has said that the feature has numbers: text, and counted as such a number.</summary>
    public void AddNumberInText(ReadOnlySpan<byte> text)
    {
        NumbersAsText++;
        AddText(text);
    }

    public void AddBoolean(bool value)
    {
        if (Declared == FeatureKind.Number)
        {
            AddNumber(value ? 1 : 0);
        }
        else
        {
            AddText(value ? "true"u8 : "false"u8);
        }
    }

    public void AddMissing() => Missing++;

    public void AddComposite() => Composite++;

    /// <summary>Says when values were seen.</summary>
    public void SeenAt(DateTimeOffset at)
    {
        FirstSeen = FirstSeen is { } first && first <= at ? first : at;
        LastSeen = LastSeen is { } last && last >= at ? last : at;
    }

    /// <summary>Takes in all of another sketch of the same feature. Bins are added where both count in the same partition.</summary>
    public void Merge(FeatureSketch other)
    {
        Numbers.Merge(other.Numbers);
        Names.Merge(other.Names);
        Missing += other.Missing;
        Times += other.Times;
        NumbersAsText += other.NumbersAsText;
        Composite += other.Composite;
        foreach (var at in new[] { other.FirstSeen, other.LastSeen }.OfType<DateTimeOffset>())
        {
            SeenAt(at);
        }

        for (var index = 0; index < Bins.Length && Partition?.Identity == other.Partition?.Identity; index++)
        {
            Bins[index] += other.Bins[index];
        }
    }

    internal static FeatureSketch Restore(FeatureState state, NumberSketch numbers, FeaturePartition? partition, ReadOnlySpan<long> bins)
    {
        var sketch = new FeatureSketch(state.Declared, partition, state.Compression) { Numbers = numbers };
        bins.CopyTo(sketch.Bins);
        sketch.Names.Restore(state.NameCount, !state.NamesTruncated, [.. state.Names.Select(one => new CategoryCount(one.Name, one.Count, one.Error))]);
        (sketch.Missing, sketch.Times, sketch.NumbersAsText, sketch.Composite) = (state.Missing, state.Times, state.NumbersAsText, state.Composite);
        (sketch.FirstSeen, sketch.LastSeen) = (state.FirstSeen, state.LastSeen);
        return sketch;
    }

    internal double Compression => compression;

    private void AddNumberAsName(double value)
    {
        Span<byte> text = stackalloc byte[32];
        if (value.TryFormat(text, out var written, provider: CultureInfo.InvariantCulture))
        {
            AddText(text[..written]);
        }
        else
        {
            AddText(Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>2026-11-21, whatever follows.</summary>
    private static bool IsDate(ReadOnlySpan<byte> text) =>
        text.Length is >= 10 and <= 40 && text[4] == '-' && text[7] == '-' && AreDigits(text[..4]) && AreDigits(text[5..7]) && AreDigits(text[8..10]);

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
