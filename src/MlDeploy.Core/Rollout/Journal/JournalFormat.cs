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

    /// <exception cref="JsonException">The line is no journal entry: not JSON, of unknown kind, or with fields missing or of the wrong type.</exception>
    public static JournalEntry Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry) ?? throw new JsonException("an empty journal entry");
        }
        catch (Exception unfit) when (unfit is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new JsonException(unfit.Message, unfit);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32,
    UseStringEnumConverter = true,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
