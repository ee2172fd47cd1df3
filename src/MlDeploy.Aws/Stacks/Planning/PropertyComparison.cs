using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>Walks two values side by side and tells each place where they differ, as deep as it can.</summary>
internal static class PropertyComparison
{
    private const int EmbeddedDepth = 64;

    /// <param name="old">Canonical; null: not there.</param>
    /// <param name="new">Canonical; null: not there.</param>
    public static ImmutableArray<PropertyChange> Compare(JsonNode? old, JsonNode? @new, PropertyPath? at = null)
    {
        var changes = ImmutableArray.CreateBuilder<PropertyChange>();
        Compare(at ?? PropertyPath.Root, old, @new, secret: false, changes);
        return changes.ToImmutable();
    }

    private static void Compare(PropertyPath path, JsonNode? old, JsonNode? @new, bool secret, ImmutableArray<PropertyChange>.Builder changes)
    {
        switch (old, @new)
        {
            case (null, null):
                break;
            case (JsonObject before, JsonObject after) when !CanonicalTemplate.IsFunction(before) && !CanonicalTemplate.IsFunction(after):
                Members(path, before, after, changes);
                break;
            case (JsonArray before, JsonArray after):
                Items(path, before, after, secret, changes);
                break;
            case ({ }, { }) when CanonicalTemplate.Same(old, @new):
                break;
            case ({ }, { }) when Embedded(old) is { } before && Embedded(@new) is { } after:
                Compare(path, before, after, secret, changes);
                break;
            default:
                changes.Add(new PropertyChange(path, HiddenValues.Shown(old, secret), HiddenValues.Shown(@new, secret)));
                break;
        }
    }

    private static void Members(PropertyPath path, JsonObject old, JsonObject @new, ImmutableArray<PropertyChange>.Builder changes)
    {
        foreach (var name in @new.Select(member => member.Key).Concat(old.Select(member => member.Key).Where(name => !@new.ContainsKey(name))))
        {
            var owner = @new.ContainsKey(name) ? @new : old;
            Compare(path.Member(name), old[name], @new[name], HiddenValues.IsSecret(owner, name), changes);
        }
    }

    private static void Items(PropertyPath path, JsonArray old, JsonArray @new, bool secret, ImmutableArray<PropertyChange>.Builder changes)
    {
        if (IsOtherOrder(old, @new))
        {
            changes.Add(new PropertyChange(path, HiddenValues.Shown(old, secret), HiddenValues.Shown(@new, secret)));
            return;
        }

        foreach (var (label, before, after) in ListAlignment.Align(old, @new))
        {
            Compare(path.Item(label), before, after, secret, changes);
        }
    }

    /// <summary>The same scalars in another order: one change of the list says more than a removal and an addition.</summary>
    private static bool IsOtherOrder(JsonArray old, JsonArray @new)
    {
        if (old.Count != @new.Count || CanonicalTemplate.Same(old, @new) || old.Concat(@new).Any(item => item is not JsonValue && !CanonicalTemplate.IsFunction(item)))
        {
            return false;
        }

        return old.Select(Key).Order(StringComparer.Ordinal).SequenceEqual(@new.Select(Key).Order(StringComparer.Ordinal), StringComparer.Ordinal);

        static string Key(JsonNode? item) => item is JsonValue scalar ? scalar.ToString() : item?.ToJsonString() ?? "";
    }

    /// <summary>Documents inside text (a dashboard's body, a policy as text) are compared by what they say.</summary>
    private static JsonNode? Embedded(JsonNode value)
    {
        var text = value switch
        {
            JsonObject { Count: 1 } function when function["Fn::Sub"] is JsonValue inner => inner.ToString(),
            JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => scalar.GetValue<string>(),
            _ => "",
        };
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = EmbeddedDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Which item of an old list became which item of the new one.</summary>
internal static class ListAlignment
{
    /// <summary>Members that identify an item, the most telling first; taken when every item of both lists has one and no two are alike.</summary>
    private static readonly string[] Identities = ["Key", "Name", "Id", "PolicyName", "Sid", "AttributeName", "ContainerName", "ParameterKey"];

    /// <summary>Pairs with their labels, in the order of the new list; removed ones where they stood.</summary>
    public static IEnumerable<(string Label, JsonNode? Old, JsonNode? New)> Align(JsonArray old, JsonArray @new) =>
        Identities.FirstOrDefault(member => Identifies(member, old) && Identifies(member, @new) && old.Count + @new.Count > 0) is { } identity
            ? ByIdentity(identity, old, @new)
            : ByContent([.. old], [.. @new]);

    private static bool Identifies(string member, JsonArray items)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return items.All(item => item is JsonObject { Count: > 1 } owner && owner[member] is JsonValue value && seen.Add(value.ToString()));
    }

    private static IEnumerable<(string Label, JsonNode? Old, JsonNode? New)> ByIdentity(string member, JsonArray old, JsonArray @new)
    {
        var before = old.ToDictionary(item => item![member]!.ToString(), StringComparer.Ordinal);
        foreach (var item in @new)
        {
            var label = item![member]!.ToString();
            before.Remove(label, out var was);
            yield return (label, was, item);
        }

        foreach (var (label, gone) in before)
        {
            yield return (label, gone, null);
        }
    }

    /// <summary>Longest common subsequence; between its items, the most alike of the rest are taken as changed.</summary>
    private static IEnumerable<(string Label, JsonNode? Old, JsonNode? New)> ByContent(JsonNode?[] old, JsonNode?[] @new)
    {
        var (at, to) = (0, 0);
        foreach (var (same, other) in Common(old, @new).Append((old.Length, @new.Length)))
        {
            foreach (var pair in Gap(old, at..same, @new, to..other))
            {
                yield return pair;
            }

            (at, to) = (same + 1, other + 1);
        }
    }

    private static IEnumerable<(string Label, JsonNode? Old, JsonNode? New)> Gap(JsonNode?[] old, Range olds, JsonNode?[] @new, Range news)
    {
        var left = Enumerable.Range(olds.Start.Value, olds.End.Value - olds.Start.Value).ToList();
        foreach (var index in Enumerable.Range(news.Start.Value, news.End.Value - news.Start.Value))
        {
            var best = left.Where(candidate => SameKind(old[candidate], @new[index])).OrderByDescending(candidate => Likeness(old[candidate], @new[index])).Select(candidate => (int?)candidate).FirstOrDefault();
            if (best is { } match)
            {
                left.Remove(match);
            }

            yield return (Label(index), best is { } at ? old[at] : null, @new[index]);
        }

        foreach (var index in left)
        {
            yield return (Label(index), old[index], null);
        }
    }

    private static bool SameKind(JsonNode? old, JsonNode? @new) => old is JsonObject == @new is JsonObject && old is JsonArray == @new is JsonArray;

    private static int Likeness(JsonNode? old, JsonNode? @new) =>
        old is JsonObject before && @new is JsonObject after ? before.Count(member => after.ContainsKey(member.Key) && CanonicalTemplate.Same(member.Value, after[member.Key])) : 0;

    private static IEnumerable<(int Old, int New)> Common(JsonNode?[] old, JsonNode?[] @new)
    {
        var length = new int[old.Length + 1, @new.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = @new.Length - 1; j >= 0; j--)
            {
                length[i, j] = CanonicalTemplate.Same(old[i], @new[j]) ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        for (var (i, j) = (0, 0); i < old.Length && j < @new.Length;)
        {
            if (CanonicalTemplate.Same(old[i], @new[j]))
            {
                yield return (i++, j++);
            }
            else if (length[i + 1, j] >= length[i, j + 1])
            {
                i++;
            }
            else
            {
                j++;
            }
        }
    }

    private static string Label(int index) => index.ToString(CultureInfo.InvariantCulture);
}
