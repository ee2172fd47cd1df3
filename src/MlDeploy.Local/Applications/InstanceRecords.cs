using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Local.State;
using MlDeploy.Local.Supervision;

namespace MlDeploy.Local.Applications;

/// <summary>What runs right now, for the next host to adopt or to end.</summary>
/// <param name="Cookie">Marks every process of the instance.</param>
/// <param name="Running">Null while it has no process.</param>
internal sealed record InstanceRecord(string Version, string Cookie, RunningInstance? Running);

/// <summary>The file of running instances, replaced whole whenever one of them changes.</summary>
internal sealed class InstanceRecords(ApplicationPaths paths)
{
    public ImmutableArray<InstanceRecord> Read() => PrivateFiles.Read(paths.Instances, InstanceJson.Default.InstanceFile)?.Instances is { IsDefault: false } known
        ? [.. known.Where(instance => instance is not null)]
        : [];

    public void Write(IEnumerable<ServedVersion> running) => PrivateFiles.Replace(
        paths.Instances,
        new InstanceFile([.. running.Select(version => new InstanceRecord(version.Id, CookieOf(paths, version.Id), version.State?.Running))]),
        InstanceJson.Default.InstanceFile);

    /// <summary>Whether a process with this cookie belongs to this application of this state folder.</summary>
    public static bool IsOf(ApplicationPaths paths, string cookie) =>
        cookie.StartsWith($"{Path.GetFileName(paths.Folder)}/", StringComparison.Ordinal) && cookie.EndsWith($"/{Digests.Short(paths.Folder)}", StringComparison.Ordinal);

    /// <summary>One instance a version, so the state folder and the version name it on this machine.</summary>
    public static string CookieOf(ApplicationPaths paths, string version) => $"{Path.GetFileName(paths.Folder)}/{version}/{Digests.Short(paths.Folder)}";
}

internal sealed record InstanceFile(ImmutableArray<InstanceRecord> Instances);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, MaxDepth = 16, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(InstanceFile))]
internal sealed partial class InstanceJson : JsonSerializerContext;
