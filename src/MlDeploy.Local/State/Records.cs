using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.State;

/// <summary>What an application's state says: replaced whole on each change.</summary>
/// <param name="Stable">Version id that serves; null before the first promotion.</param>
/// <param name="Previous">Version ids that served before, newest first; what `rollback` goes back to.</param>
/// <param name="LastDeployment">Number of the newest deployment; 0 before the first.</param>
public sealed record ApplicationRecord(int Schema, string Name, string? Stable, ImmutableArray<string> Previous, int LastDeployment)
{
    public const int CurrentSchema = 1;

    public static ApplicationRecord New(string name) => new(CurrentSchema, name, null, [], 0);

    /// <summary>Null when nothing was ever deployed.</summary>
    /// <exception cref="ExpectedException">The file is damaged, or another version of mldeploy wrote it.</exception>
    public static ApplicationRecord? Read(ApplicationPaths paths) => PrivateFiles.Read(paths.Record, StateJson.Default.ApplicationRecord) switch
    {
        { Schema: not CurrentSchema } foreign => throw new ExpectedException(
            ExitCode.TargetFailed,
            $"the state file {paths.Record} has format {foreign.Schema}, and this version of mldeploy reads format {CurrentSchema}",
            "use the version of mldeploy that wrote it (`mldeploy --version`)"),
        var record => record,
    };
}

/// <summary>An immutable version.</summary>
/// <param name="Id">`label-digest12`: also the folder's and the log's name.</param>
/// <param name="Digest">SHA-256 over the snapshot and the settings that make the version what it is.</param>
/// <param name="Snapshot">Digest of the snapshot it runs from.</param>
/// <param name="Manifest">Canonical manifest it was deployed with.</param>
/// <param name="BaseEnvironment">PATH, HOME and the like of whoever deployed it: restarts see the same.</param>
public sealed record VersionRecord(
    string Id,
    string Label,
    string Digest,
    string Snapshot,
    DateTimeOffset CreatedAt,
    int Deployment,
    string Manifest,
    ImmutableSortedDictionary<string, string> BaseEnvironment);

/// <summary>Successes and requests since the application was first deployed: availability, never weighted.</summary>
public sealed record TrafficRecord(long Requests, long Successes, DateTimeOffset Since);

/// <summary>Who answers on the control socket.</summary>
public sealed record HostRecord(int ProcessId, string ToolVersion, DateTimeOffset StartedAt);

/// <summary>Where the dashboard listens, and the unguessable first part of its path. A host that takes over opens it there again.</summary>
public sealed record DashboardRecord(int Port, string Key);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, MaxDepth = 32, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ApplicationRecord))]
[JsonSerializable(typeof(VersionRecord))]
[JsonSerializable(typeof(TrafficRecord))]
[JsonSerializable(typeof(HostRecord))]
[JsonSerializable(typeof(DashboardRecord))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>), TypeInfoPropertyName = "Secrets")]
[JsonSerializable(typeof(ImmutableArray<string>), TypeInfoPropertyName = "Webhooks")]
internal sealed partial class StateJson : JsonSerializerContext;
