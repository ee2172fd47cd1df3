using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Resolution;

/// <summary>Lays one environment over the document: maps merge, everything else replaces.</summary>
internal static class Overlay
{
    public static Node Merge(Node below, Node above)
    {
        if (below is not MapNode lower || above is not MapNode upper)
        {
            return above;
        }

        var entries = lower.Entries.Select(entry =>
            upper.Find(entry.Key) is { } replacement ? entry with { Value = Merge(entry.Value, replacement) } : entry);
        var added = upper.Entries.Where(entry => lower.Find(entry.Key) is null);
        return new MapNode(lower.Mark, [.. entries, .. added]);
    }

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
