using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>What a setting may hold: the one place that checks it, types it, describes it and writes it back.</summary>
internal abstract class SettingType
{
    /// <summary>For `allowed:` lines, docs and schema: `a duration from 1s to 1h, such as 30s`.</summary>
    public abstract string Describe { get; }

    /// <summary>The settings of a section (also of a list's or map's sections); empty for values.</summary>
    public virtual IReadOnlyList<Setting> Settings => [];

    /// <summary>How a child's path goes on: nothing for a section, `[]` for a list, `.NAME` for a map.</summary>
    public virtual string PathSuffix => "";

    public abstract JsonNode Schema(SchemaDefinitions definitions);

    /// <summary>Writes a valid value in canonical form.</summary>
    public abstract void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory);
}

internal abstract class SettingType<T> : SettingType
{
    /// <summary>Stands in for a value that could not be read, so that everything else is still checked.</summary>
    public abstract T Fallback { get; }

    /// <summary>The typed value; <see cref="Fallback"/> after a problem was reported.</summary>
    public T Read(Node node, SettingPath path, ReadContext context)
    {
        if (node is ScalarNode { Kind: ScalarKind.Unknown })
        {
            context.Damaged(path);
            return Fallback;
        }

        if (node is ScalarNode { IsNull: true } && !AcceptsNull)
        {
            context.Report(node.Mark, path, "has no value", null, Describe, "Write a value, or remove the line; \"\" is empty text.");
            return Fallback;
        }

        return ReadValue(node, path, context);
    }

    protected virtual bool AcceptsNull => false;

    protected abstract T ReadValue(Node node, SettingPath path, ReadContext context);
}

/// <summary>A value written as one scalar.</summary>
internal abstract class ScalarType<T> : SettingType<T>
{
    /// <summary>For messages: `a duration`.</summary>
    protected abstract string Noun { get; }

    public override T Fallback => default!;

    protected override T ReadValue(Node node, SettingPath path, ReadContext context)
    {
        if (node is not ScalarNode scalar)
        {
            context.Report(node.Mark, path, $"is {(node is ListNode ? "a list" : "a map")} where {Noun} belongs", null, Describe, $"Write {Noun} here.");
            return Fallback;
        }

        if (TryParse(scalar, context, out var value, out var refusal))
        {
            return value;
        }

        context.Report(node.Mark, path, refusal.Message, refusal.Echo ? scalar.Shown : null, refusal.Allowed ?? Describe, refusal.Remedy);
        return Fallback;
    }

    protected abstract bool TryParse(ScalarNode scalar, ReadContext context, out T value, out Refusal refusal);

    /// <summary>As text, as it was written.</summary>
    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory) => writer.WriteStringValue(((ScalarNode)node).Text);
}

/// <summary>Why a scalar is not taken.</summary>
/// <param name="Allowed">Null for the type's own description.</param>
/// <param name="Echo">False where what was found may be a secret.</param>
internal readonly record struct Refusal(string Message, string Remedy, string? Allowed = null, bool Echo = true);
