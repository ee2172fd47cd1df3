using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>A map with known keys, bound to a record by a plain function: no reflection, so reading starts fast.</summary>
internal sealed class Section<T>(string name, ImmutableArray<Setting> settings, Func<SectionValues, T> bind) : SettingType<T>
{
    private static readonly MapNode Nothing = new(new Mark("", 0, 0), []);

    /// <summary>Names the section's definition in the schema: unique.</summary>
    public string Name { get; } = name;

    public override string Describe => $"a map of {string.Join(", ", settings.Select(setting => setting.Name))}";

    public override IReadOnlyList<Setting> Settings => settings;

    public override T Fallback => bind(new SectionValues(settings, Nothing, SettingPath.Root, new ReadContext(new ProblemList(), "", requireAll: false)));

    protected override T ReadValue(Node node, SettingPath path, ReadContext context)
    {
        if (node is not MapNode map)
        {
            context.Report(node.Mark, path, $"is {(node is ListNode ? "a list" : "one value")} where a map belongs", (node as ScalarNode)?.Shown, Describe,
                "Write the settings as `key: value` lines, indented below it.");
            return Fallback;
        }

        foreach (var entry in map.Entries)
        {
            if (Find(entry.Key) is null)
            {
                ReportUnknown(entry, path, context);
            }
        }

        return bind(new SectionValues(settings, map, path, context));
    }

    public override JsonNode Schema(SchemaDefinitions definitions) => definitions.InOverlay
        ? definitions.Refer($"{Name}Overlay", () => SchemaOf(definitions))
        : definitions.Refer(Name, () => SchemaOf(definitions));

    public JsonObject SchemaOf(SchemaDefinitions definitions)
    {
        var properties = new JsonObject();
        foreach (var setting in settings)
        {
            properties.Add(setting.Name, definitions.Property(setting));
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        var required = settings.Where(setting => setting.IsRequired).Select(setting => (JsonNode)setting.Name).ToArray();
        if (!definitions.InOverlay && required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    /// <summary>In the definition's order, with every default written out: equal settings give equal text.</summary>
    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory)
    {
        var map = (MapNode)node;
        writer.WriteStartObject();
        foreach (var setting in settings)
        {
            if ((map.Find(setting.Name) ?? (setting.IsConditional ? null : setting.DefaultNode)) is { } value)
            {
                writer.WritePropertyName(setting.Name);
                setting.Type.WriteCanonical(value, writer, baseDirectory);
            }
        }

        writer.WriteEndObject();
    }

    private Setting? Find(string key)
    {
        foreach (var setting in settings)
        {
            if (string.Equals(setting.Name, key, StringComparison.Ordinal))
            {
                return setting;
            }
        }

        return null;
    }

    private void ReportUnknown(Entry entry, SettingPath path, ReadContext context)
    {
        var names = settings.Select(setting => setting.Name);
        var remedy = !context.IsFull && NearestName.Of(entry.Key, names) is { } nearest ? $"Write {nearest} instead of {ProblemList.Shorten(entry.Key)}." : "Remove it, or use one of these names.";
        context.Report(entry.KeyMark, path.Key(entry.Key), "is not a setting", entry.Key, string.Join(", ", names), remedy);
    }
}

/// <summary>A section's typed values while it is bound to its record.</summary>
internal sealed class SectionValues
{
    private readonly Dictionary<Setting, object?> values = [];
    private readonly MapNode map;
    private readonly SettingPath path;
    private readonly ReadContext context;

    public SectionValues(ImmutableArray<Setting> settings, MapNode map, SettingPath path, ReadContext context)
    {
        this.map = map;
        this.path = path;
        this.context = context;
        foreach (var setting in settings)
        {
            if ((map.Find(setting.Name) ?? setting.DefaultNode) is { } node)
            {
                values[setting] = setting.ReadBoxed(node, path.Key(setting.Name), context);
            }
            else if (setting.IsRequired && context.RequireAll)
            {
                context.Report(map.Mark, path.Key(setting.Name), "is missing", null, setting.Type.Describe, $"Add {setting.Name}: {Decapitalised(setting.Doc)}");
            }
        }
    }

    /// <summary>A required or defaulted setting.</summary>
    public T Get<T>(Setting<T> setting) => values.TryGetValue(setting, out var value) && value is T typed ? typed : setting.Fallback;

    /// <summary>An optional setting; null when it is not written.</summary>
    public T? OrNull<T>(Setting<T> setting)
        where T : class => values.GetValueOrDefault(setting) as T;

    /// <summary>An optional setting; null when it is not written.</summary>
    public T? OrNone<T>(Setting<T> setting)
        where T : struct => values.GetValueOrDefault(setting) is T value ? value : null;

    /// <summary>True when the setting is written, be it well or badly.</summary>
    public bool Has(Setting setting) => map.Find(setting.Name) is not null;

    public bool IsDamaged(Setting setting) => context.IsDamaged(path.Key(setting.Name).ToString());

    /// <summary>Reports a problem that only the settings together show.</summary>
    public void Report(Setting setting, string message, string? allowed, string remedy) =>
        context.Report(map.Find(setting.Name)?.Mark ?? map.Mark, path.Key(setting.Name), message, (map.Find(setting.Name) as ScalarNode)?.Shown, allowed, remedy);

    private static string Decapitalised(string doc)
    {
        var end = doc.IndexOf(". ", StringComparison.Ordinal);
        var sentence = end < 0 ? doc.TrimEnd('.') : doc[..end];
        return char.ToLowerInvariant(sentence[0]) + sentence[1..] + ".";
    }
}
