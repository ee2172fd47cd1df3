using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// The bins in which live values are compared with a reference: twenty of equal mass of the reference and what lies beyond its ends; numbers and
/// names that many rows have are bins of their own. Live values are counted in them exactly, so only the reference's sketch can err.
/// </summary>
public sealed class FeaturePartition
{
    private readonly ImmutableArray<double> uppers = [];
    private readonly Utf8Table? names;
    private readonly ImmutableArray<int> binOfName = [];

    private FeaturePartition(ImmutableArray<double> uppers, ImmutableArray<double> shares, ImmutableArray<double> errors, long count)
    {
        (this.uppers, Shares, Errors, ReferenceCount) = (uppers, shares, errors, count);
        Labels = [.. Enumerable.Range(0, shares.Length).Select(bin => Range(uppers, bin))];
        Identity = string.Join('|', uppers.Select(upper => upper.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
    }

    private FeaturePartition(Utf8Table names, ImmutableArray<int> binOfName, ImmutableArray<string> labels, ImmutableArray<double> shares, bool knowsUnseen, long count)
    {
        (this.names, this.binOfName, Labels, Shares, KnowsUnseen, ReferenceCount) = (names, binOfName, labels, shares, knowsUnseen, count);
        Errors = [.. shares.Select(_ => 0.0)];
        Identity = string.Join('|', labels) + $"#{names.Count}";
    }

    public bool IsNumeric => names is null;

    /// <summary>Upper ends of the bins of numbers but for the last, ascending; empty for names.</summary>
    public ImmutableArray<double> Uppers => uppers;

    public int Count => Shares.Length;

    /// <summary>The reference's shares, adding up to 1.</summary>
    public ImmutableArray<double> Shares { get; }

    /// <summary>How far the share of all bins up to and with this one may be from the truth, by the reference's sketch.</summary>
    public ImmutableArray<double> Errors { get; }

    /// <summary>As a reader calls the bins.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Values the reference has.</summary>
    public long ReferenceCount { get; }

    /// <summary>Names the reference does not have can be told from its rare ones: it has counted all of them.</summary>
    public bool KnowsUnseen { get; }

    /// <summary>The bin of names that the reference does not have.</summary>
    public int UnseenBin => Count - 1;

    /// <summary>The bin of rare names of the reference.</summary>
    public int OtherBin => Count - 2;

    /// <summary>The same for the same bins: counts in them add up.</summary>
    public string Identity { get; }

    /// <summary>Null when the reference has nothing that could be compared: no values, or text, or times.</summary>
    public static FeaturePartition? Of(FeatureSketch reference, FeatureKind kind) =>
        kind == FeatureKind.Number && reference.Numbers.Count > 0 ? OfNumbers(reference.Numbers)
        : kind.IsNamed() && reference.Names.Count > 0 ? OfNames(reference.Names, kind)
        : null;

    /// <summary>Bins that were known before any value: of equal width over a range, as for a probability. All count the same.</summary>
    public static FeaturePartition OfRange(double low, double high)
    {
        var inner = Enumerable.Range(0, NumberEdges.Bins + 1).Select(bin => low + ((high - low) * bin / NumberEdges.Bins)).ToImmutableArray();
        return new FeaturePartition(inner, [.. Enumerable.Repeat(1.0 / (inner.Length + 1), inner.Length + 1)], [.. new double[inner.Length + 1]], 0);
    }

    /// <summary>As a journal has it: numbers, which can be judged again; a partition of names knows no names beside its bins'.</summary>
    /// <exception cref="ArgumentException">The arrays do not belong together.</exception>
    public static FeaturePartition Recorded(ImmutableArray<double> uppers, ImmutableArray<string> labels, ImmutableArray<double> shares, ImmutableArray<double> errors, bool knowsUnseen, long count)
    {
        var numeric = labels.IsEmpty;
        if (shares.Length < 2 || errors.Length != shares.Length || (numeric ? uppers.Length + 1 : labels.Length) != shares.Length || shares.Any(share => share is not (>= -1e-9 and <= 1 + 1e-9)))
        {
            throw new ArgumentException("the bins of a feature do not belong together", nameof(shares));
        }

        return numeric ? new FeaturePartition(uppers, shares, errors, count) : new FeaturePartition(new Utf8Table(), [], labels, shares, knowsUnseen, count);
    }

    public int IndexOf(double value)
    {
        // The first bin whose upper end is not below the value.
        var (low, high) = (0, uppers.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = uppers[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    public int IndexOf(ReadOnlySpan<byte> name) => names!.Find(name) is >= 0 and var index ? binOfName[index] : KnowsUnseen ? UnseenBin : OtherBin;

    /// <summary>Counts of a live sketch in these bins: as counted, or else as the sketch's cumulative distribution says.</summary>
    public double[] CountsOf(FeatureSketch live)
    {
        var counts = new double[Count];
        if (live.Partition?.Identity == Identity)
        {
            live.Bins.Select(count => (double)count).ToArray().CopyTo(counts, 0);
        }
        else if (!IsNumeric)
        {
            foreach (var category in live.Names.Categories)
            {
                counts[IndexOf(Encoding.UTF8.GetBytes(category.Name))] += category.Count;
            }
        }
        else if (live.Numbers.IsExact)
        {
            foreach (var (value, count) in live.Numbers.Exact)
            {
                counts[IndexOf(value)] += count;
            }
        }
        else
        {
            var below = 0.0;
            for (var bin = 0; bin < Count; bin++)
            {
                var upTo = bin < uppers.Length ? live.Numbers.Cdf(uppers[bin]) : 1;
                counts[bin] = Math.Max(0, upTo - below) * live.Numbers.Count;
                below = Math.Max(below, upTo);
            }
        }

        return counts;
    }

    private static FeaturePartition OfNumbers(NumberSketch reference)
    {
        var edges = NumberEdges.Of(reference);
        var shares = ImmutableArray.CreateBuilder<double>();
        var below = 0.0;
        foreach (var edge in edges)
        {
            var upTo = Math.Max(below, reference.Cdf(edge));
            shares.Add(upTo - below);
            below = upTo;
        }

        shares.Add(1 - below);
        return new FeaturePartition(edges, shares.ToImmutable(), [.. edges.Select(reference.CdfError), 0], reference.Count);
    }

    private static FeaturePartition OfNames(CategorySketch reference, FeatureKind kind)
    {
        const int MostBins = 40;
        const double LeastShare = 0.002;
        var table = new Utf8Table();
        var (bins, labels, shares) = (ImmutableArray.CreateBuilder<int>(), ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<double>());
        var categories = reference.Categories;
        var own = categories.TakeWhile((one, index) => index < MostBins && one.Count >= LeastShare * reference.Count).Count();
        foreach (var (category, index) in categories.Select((category, index) => (category, index)))
        {
            table.FindOrAdd(category.Name);
            bins.Add(Math.Min(index, own));
            if (index < own)
            {
                labels.Add(category.Name);
                shares.Add((double)category.Count / reference.Count);
            }
        }

        if (kind == FeatureKind.Boolean)
        {
            Respell(table, bins);
        }

        labels.AddRange("(other)", "(unseen)");
        shares.AddRange(Math.Max(0, 1 - shares.Sum()), 0);
        return new FeaturePartition(table, bins.ToImmutable(), labels.ToImmutable(), shares.ToImmutable(), reference.IsExact, reference.Count);
    }

    /// <summary>True in a file of Python is true in JSON.</summary>
    private static void Respell(Utf8Table table, ImmutableArray<int>.Builder bins)
    {
        foreach (var spelling in new[] { "true", "True", "TRUE", "false", "False", "FALSE" })
        {
            var same = Enumerable.Range(0, table.Count).FirstOrDefault(index => table[index].Equals(spelling, StringComparison.OrdinalIgnoreCase), -1);
            if (same >= 0 && table.FindOrAdd(spelling) == bins.Count)
            {
                bins.Add(bins[same]);
            }
        }
    }

    private static string Range(ImmutableArray<double> uppers, int bin) => bin == 0 ? $"up to {uppers[0]:g4}"
        : bin == uppers.Length ? $"above {uppers[^1]:g4}"
        : $"{uppers[bin - 1]:g4} to {uppers[bin]:g4}";
}
