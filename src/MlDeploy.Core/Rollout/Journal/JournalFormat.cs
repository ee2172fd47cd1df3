using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>Journals are JSON Lines: one entry a line, UTF-8, ended by a newline. A last line without one was torn by a kill and does not count.</summary>
public static class JournalFormat
{
    public const int Schema = 1;

    /// <summary>Longer lines are refused: a journal is an untrusted file.</summary>
    public const int LongestLine = 4 << 20;

    public static string Write(JournalEntry entry) => JsonSerializer.Serialize(entry, JournalJson.Default.JournalEntry);

    /// <exception cref="JsonException">The line is no journal entry.</exception>
    public static JournalEntry Read(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry) ?? throw new JsonException("an empty journal entry");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32,
    UseStringEnumConverter = true,
    AllowOutOfOrderMetadataProperties = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
