using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Capture.Logs;

/// <summary>A version whose log is followed.</summary>
internal sealed class FollowedArm(ArmCapture arm, string path, string placeFile)
{
    private readonly FollowedLog log = new(path, Read(placeFile));
    private long endless;

    public ArmCapture Arm => arm;

    /// <summary>The file or folder that a version's predictions stand in; null when they are read as they pass the gateway.</summary>
    public static string? PathOf(AppManifest manifest, ApplicationPaths paths, string version) =>
        manifest.Model?.Log is not { } log ? null : log.Path ?? paths.VersionLog(version);

    public bool Look(Func<bool> isOver)
    {
        var more = log.Look(arm.CountLine, isOver);
        for (; endless < log.Endless; endless++)
        {
            arm.CountUnparsableLine();
        }

        return more;
    }

    /// <summary>Writes down how far it is read, for the next host. A disk that refuses costs that, and is told.</summary>
    public void Save(HostLog host)
    {
        try
        {
            PrivateFiles.Replace(placeFile, new FollowedPlaces(log.Files), FollowedJson.Default.FollowedPlaces);
        }
        catch (ExpectedException failure)
        {
            host.Write(failure.Message);
        }
    }

    /// <summary>Damaged: as if nothing were known.</summary>
    private static ImmutableArray<FollowedFile>? Read(string file)
    {
        try
        {
            return PrivateFiles.Read(file, FollowedJson.Default.FollowedPlaces) is { Files: { IsDefault: false } files } && files.All(one => one is { HeadLength: >= 0, Position: >= 0 }) ? files : null;
        }
        catch (ExpectedException)
        {
            return null;
        }
    }
}

/// <summary>`log-places.json` of a version.</summary>
internal sealed record FollowedPlaces(ImmutableArray<FollowedFile> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FollowedPlaces))]
internal sealed partial class FollowedJson : JsonSerializerContext;
