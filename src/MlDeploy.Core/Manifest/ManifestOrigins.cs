using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest;

/// <summary>Where each setting of a manifest was written, so that checks made after reading can say file, line and column.</summary>
public sealed class ManifestOrigins
{
    private readonly Node? root;
    private readonly string file;

    internal ManifestOrigins(string file, Node? root)
    {
        this.file = file;
        this.root = root;
    }

    /// <summary>For a manifest that was not read from a file.</summary>
    public static ManifestOrigins None { get; } = new("mlapp.yaml", null);

    /// <summary>True when the setting is written in the document; false when its default applies.</summary>
    public bool IsWritten(string path) => Walk(path, out _) is not null;

    /// <summary>The setting's place, or that of the nearest thing around it that is written.</summary>
    public (string File, int Line, int Column) Locate(string path)
    {
        Walk(path, out var nearest);
        return (nearest.File, nearest.Line, nearest.Column);
    }

    /// <summary>What stands there, as far as it may be echoed; null for a map, a list or nothing.</summary>
    internal string? Shown(string path) => (Walk(path, out _) as ScalarNode)?.Shown;

    private Node? Walk(string path, out Mark nearest)
    {
        var node = root;
        nearest = root?.Mark ?? new Mark(file, 0, 0);
        foreach (var segment in SettingPath.Parse(path) ?? [])
        {
            if (node is MapNode map && segment.Key is { } key && map.FindEntry(key) is { } entry)
            {
                nearest = entry.Value is ScalarNode ? entry.Value.Mark : entry.KeyMark;
                node = entry.Value;
            }
            else if (node is ListNode list && segment.Key is null && segment.Index < list.Items.Length)
            {
                node = list.Items[segment.Index];
                nearest = node.Mark;
            }
            else
            {
                return null;
            }
        }

        return node;
    }
}
