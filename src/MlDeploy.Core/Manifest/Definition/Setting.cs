using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>One setting: its name, type, default and meaning. Reading, schema, docs and the specifications all come from here.</summary>
internal abstract class Setting(string name, SettingType type, string doc)
{
    public string Name { get; } = name;
    public SettingType Type { get; } = type;

    /// <summary>One or two sentences.</summary>
    public string Doc { get; } = doc;

    public bool IsRequired { get; init; }

    /// <summary>As a user would write it; null when the setting is required or may be absent.</summary>
    public string? Default { get; init; }

    /// <summary>True when the setting means something only beside others: its default is then not written out.</summary>
    public bool IsConditional { get; init; }

    /// <summary>What stands in for the setting when it is not written.</summary>
    public Node? DefaultNode => Default is null ? null : defaultNode ??= Parse(Default);

    private Node? defaultNode;

    public abstract object? ReadBoxed(Node node, SettingPath path, ReadContext context);

    public static Setting<T> Required<T>(string name, SettingType<T> type, string doc) => new(name, type, doc) { IsRequired = true };

    public static Setting<T> Optional<T>(string name, SettingType<T> type, string doc) => new(name, type, doc);

    public static Setting<T> Defaulted<T>(string name, SettingType<T> type, string @default, string doc, bool conditional = false) =>
        new(name, type, doc) { Default = @default, IsConditional = conditional };

    private static Node Parse(string text)
    {
        var mark = new Mark("", 0, 0);
        return text switch
        {
            "{}" => new MapNode(mark, []),
            "[]" => new ListNode(mark, []),
            _ => new ScalarNode(mark, text, ScalarKind.Plain),
        };
    }
}

/// <remarks>
/// What sections bind to are records that are classes, not tuples: generic code over classes is compiled ahead of time,
/// over a struct it would be compiled at every start of the tool.
/// </remarks>
internal sealed class Setting<T>(string name, SettingType<T> type, string doc) : Setting(name, type, doc)
{
    public T Fallback => type.Fallback;

    public override object? ReadBoxed(Node node, SettingPath path, ReadContext context) => type.Read(node, path, context);
}
