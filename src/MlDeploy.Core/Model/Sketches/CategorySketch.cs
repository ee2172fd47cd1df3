using System.Text;

namespace MlDeploy.Core.Model.Sketches;

/// <param name="Error">At most so many of the count may be other names'; 0 while no name had to give way.</param>
public readonly record struct CategoryCount(string Name, long Count, long Error);

/// <summary>
/// The frequent names of a stream in bounded memory: space-saving (Metwally, Agrawal and El Abbadi 2005, "Efficient computation of frequent and
/// top-k elements in data streams"). Up to its capacity of different names all counts are exact; beyond it the rarest gives way to a new
/// one, and every name more frequent than 1/capacity is still there. Not for several threads at once.
/// </summary>
public sealed class CategorySketch
{
    /// <summary>Different names that are counted.</summary>
    public const int Capacity = 256;

    private readonly Utf8Table names = new();
    private long[] counts = new long[8];
    private long[] errors = new long[8];

    /// <summary>All that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Every name that ever came is counted exactly.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Different names that are counted now.</summary>
    public int Distinct => names.Count;

    /// <summary>Most frequent first; equal ones by name.</summary>
    public IReadOnlyList<CategoryCount> Categories =>
        [.. Enumerable.Range(0, names.Count)
            .Select(index => new CategoryCount(names[index], counts[index], errors[index]))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Name, StringComparer.Ordinal)];

    /// <summary>The part of all, 0–1, that certainly has a name which another has too.</summary>
    public double Shared => Count == 0 ? 0 : (double)Enumerable.Range(0, names.Count).Select(index => counts[index] - errors[index]).Where(certain => certain > 1).Sum() / Count;

    public void Add(ReadOnlySpan<byte> name) => Add(name, 1, 0);

    public void Add(string name, long count = 1, long error = 0) => Add(Encoding.UTF8.GetBytes(name), count, error);

    /// <summary>Adds counts name by name (Agarwal and others 2012, "Mergeable summaries"); a name that gave way in one may have had up to its least count there.</summary>
    public void Merge(CategorySketch other)
    {
        if (other.IsExact && IsExact)
        {
            AddAll(other);
            return;
        }

        var (ours, theirs) = (IsExact ? 0 : Least(), other.IsExact ? 0 : other.Least());
        var merged = new Dictionary<string, CategoryCount>(StringComparer.Ordinal);
        foreach (var one in Categories)
        {
            merged[one.Name] = one with { Count = one.Count + theirs, Error = one.Error + theirs };
        }

        foreach (var one in other.Categories)
        {
            merged[one.Name] = merged.TryGetValue(one.Name, out var both)
                ? new CategoryCount(one.Name, both.Count - theirs + one.Count, both.Error - theirs + one.Error)
                : one with { Count = one.Count + ours, Error = one.Error + ours };
        }

        var total = Count + other.Count;
        Restore(total, exact: false, [.. merged.Values.OrderByDescending(one => one.Count).ThenBy(one => one.Name, StringComparer.Ordinal).Take(Capacity)]);
    }

    internal void Restore(long total, bool exact, IReadOnlyList<CategoryCount> categories)
    {
        while (counts.Length < categories.Count)
        {
            Grow();
        }

        // The table's names are given anew: numbers follow the order of the list.
        for (var index = 0; index < names.Count; index++)
        {
            names.Replace(index, Encoding.UTF8.GetBytes($"\0{index}"));
        }

        for (var index = 0; index < categories.Count; index++)
        {
            var bytes = Encoding.UTF8.GetBytes(categories[index].Name);
            if (index < names.Count)
            {
                names.Replace(index, bytes);
            }
            else
            {
                names.FindOrAdd(bytes);
            }

            (counts[index], errors[index]) = (categories[index].Count, categories[index].Error);
        }

        (Count, IsExact) = (total, exact);
    }

    private void AddAll(CategorySketch other)
    {
        for (var index = 0; index < other.names.Count; index++)
        {
            Add(other.names.Bytes(index), other.counts[index], other.errors[index]);
        }
    }

    private void Add(ReadOnlySpan<byte> name, long count, long error)
    {
        Count += count;
        var index = names.Find(name);
        if (index < 0 && names.Count == Capacity)
        {
            IsExact = false;
            index = counts.AsSpan(0, Capacity).IndexOf(Least());
            names.Replace(index, name);
            errors[index] = counts[index];
        }
        else if (index < 0)
        {
            index = names.FindOrAdd(name);
            if (index == counts.Length)
            {
                Grow();
            }
        }

        counts[index] += count;
        errors[index] += error;
    }

    private long Least()
    {
        var least = long.MaxValue;
        foreach (var count in counts.AsSpan(0, names.Count))
        {
            least = Math.Min(least, count);
        }

        return least;
    }

    private void Grow()
    {
        Array.Resize(ref counts, 2 * counts.Length);
        Array.Resize(ref errors, counts.Length);
    }
}
