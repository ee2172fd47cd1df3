using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Local.Notifications;

/// <summary>What somebody is told: `mldeploy/notification/v1`. Holds no secrets, no rows, nothing of requests.</summary>
/// <param name="Text">One sentence that says it all; chat tools show it.</param>
/// <param name="Event">started, promoted, rolled back, unsafe, paused, drift, drift ended.</param>
/// <param name="Deployment">Null for drift.</param>
public sealed record Notification(
    string Text, string Event, string Application, string Version, string? Stable, int? Deployment, DateTimeOffset At, string? Reason = null, string? RunUrl = null)
{
    public string Schema { get; init; } = "mldeploy/notification/v1";

    public string ToJson() => JsonSerializer.Serialize(this, NotificationJson.Default.Notification);
}

/// <summary>Who is told, and what about.</summary>
/// <param name="Webhooks">Addresses: secrets, never shown.</param>
/// <param name="Folder">Where the command runs.</param>
/// <param name="Environment">What it sees, besides the notification.</param>
internal sealed record Receivers(ImmutableArray<string> Webhooks, ImmutableArray<string> Command, ImmutableArray<NotificationKind> On, string Folder, ImmutableSortedDictionary<string, string> Environment)
{
    public bool AreTold(NotificationKind kind) => On.Contains(kind) && (!Webhooks.IsEmpty || !Command.IsEmpty);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Notification))]
internal sealed partial class NotificationJson : JsonSerializerContext;
