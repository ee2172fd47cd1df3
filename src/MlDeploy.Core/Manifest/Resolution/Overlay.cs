using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Resolution;

/// <summary>
/// Lays one environment over the document: maps merge, `null` removes (as in RFC 7396: a base that runs a command and an
/// environment that runs an image need it), everything else replaces.
/// </summary>
internal static class Overlay
{
    public static Node Merge(Node below, Node above)
    {
        if (above is not MapNode upper)
        {
            return above;
        }

        var lower = below as MapNode ?? new MapNode(above.Mark, []);
        var kept = lower.Entries.Where(entry => !Removes(upper.Find(entry.Key))).Select(entry =>
            upper.FindEntry(entry.Key) is { } replacement ? replacement with { Value = Merge(entry.Value, replacement.Value) } : entry);
        var added = upper.Entries.Where(entry => lower.Find(entry.Key) is null && !Removes(entry.Value)).Select(entry =>
            entry with { Value = Merge(new MapNode(entry.Value.Mark, []), entry.Value) });
        return new MapNode(lower.Mark, [.. kept, .. added]);
    }

    /// <summary>Said explicitly: a key with nothing behind it is more likely forgotten than meant.</summary>
    public static bool Removes(Node? value) => value is ScalarNode { IsNull: true, Text.Length: > 0 };

    /// <summary>Every place in an overlay, to tell its problems from those of the document below it.</summary>
    public static HashSet<Mark> Places(Node overlay)
    {
        var places = new HashSet<Mark>();
        Collect(overlay, places);
        return places;
    }

    private static void Collect(Node node, HashSet<Mark> places)
    {
        places.Add(node.Mark);
        switch (node)
        {
            case ListNode list:
                foreach (var item in list.Items)
                {
                    Collect(item, places);
                }

                break;
            case MapNode map:
                foreach (var entry in map.Entries)
                {
                    places.Add(entry.KeyMark);
                    Collect(entry.Value, places);
                }

                break;
        }
    }
}
