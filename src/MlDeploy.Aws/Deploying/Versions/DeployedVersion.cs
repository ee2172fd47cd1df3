using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Deploying.Versions;

/// <summary>A version as its task definition tells: any machine reads the same.</summary>
/// <param name="TaskDefinition">ARN.</param>
/// <param name="Label">What the manifest called it; null on a task definition that `deploy` did not make.</param>
/// <param name="Image">What its application container runs, by digest.</param>
public sealed record DeployedVersion(string TaskDefinition, string? Label, string? Image, string? Model, string? Git, string? Holder, string? RunUrl)
{
    public const string VersionTag = "mldeploy:version";
    public const string ModelTag = "mldeploy:model";
    public const string GitTag = "mldeploy:git";
    public const string HolderTag = "mldeploy:holder";
    public const string RunTag = "mldeploy:run";
    public const string TrainedTag = "mldeploy:trained";

    /// <summary>A tag's value has at most 256 characters of letters, digits, spaces and these (ECS API Reference, "Tag").</summary>
    private const int LongestValue = 256;
    private const string OtherCharacters = " _.:/=+-@";

    private const int DigestShown = 12;

    /// <summary>When its model was trained; null when nobody said.</summary>
    public DateTimeOffset? TrainedAt { get; init; }

    /// <summary>`NAME-b:7`</summary>
    public string Revision => TaskDefinition[(TaskDefinition.LastIndexOf('/') + 1)..];

    public string Family => Revision.Split(':')[0];

    /// <summary>`v2-1a2b3c4d5e6f`, or the revision where there is no label.</summary>
    public string Id => Label is null ? Revision : Identify(Label, Image);

    public static string Identify(string label, string? image) =>
        image?.IndexOf("@sha256:", StringComparison.Ordinal) is { } at and >= 0 ? $"{label}-{image[(at + 8)..][..Math.Min(DigestShown, image.Length - at - 8)]}" : label;

    /// <param name="git">The revision of the source; null when it is not known.</param>
    public static ImmutableSortedDictionary<string, string> Tags(AppManifest manifest, string holder, string? runUrl, string? git)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        void Add(string name, string? value)
        {
            if (value is { Length: > 0 })
            {
                tags[name] = Fit(value);
            }
        }

        Add(Templates.StackTags.Application, manifest.Name);
        Add(VersionTag, manifest.Version);
        Add(ModelTag, manifest.Model?.Version);
        Add(TrainedTag, manifest.Model?.TrainedAt is { } trained ? Written(trained) : null);
        Add(GitTag, git);
        Add(HolderTag, holder);
        Add(RunTag, runUrl);
        return tags.ToImmutable();
    }

    /// <returns>Null when there is no such task definition any more.</returns>
    public static async Task<DeployedVersion?> ReadAsync(EcsClient ecs, string taskDefinition, CancellationToken stop)
    {
        try
        {
            var reply = await ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = taskDefinition, Include = ["TAGS"] }, stop);
            string? Tag(string name) => reply.Tags.FirstOrDefault(tag => tag.Key == name)?.Value;
            var containers = reply.TaskDefinition["containerDefinitions"] as System.Text.Json.Nodes.JsonArray ?? [];
            var container = containers.FirstOrDefault(entry => $"{entry?["name"]}" == Templates.LogicalIds.Container) ?? containers.FirstOrDefault();
            return new DeployedVersion(
                reply.TaskDefinition["taskDefinitionArn"]?.ToString() ?? taskDefinition, Tag(VersionTag), container?["image"]?.ToString(), Tag(ModelTag), Tag(GitTag), Tag(HolderTag), Tag(RunTag))
            {
                TrainedAt = DateTimeOffset.TryParse(Tag(TrainedTag), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var trained) ? trained : null,
            };
        }
        catch (AwsServiceException gone) when (gone.Kind is AwsFailureKind.NotFound || gone.Code is "ClientException" or "InvalidParameterException")
        {
            return null;
        }
    }

    /// <summary>`2026-11-18T08:00:00Z`</summary>
    internal static string Written(DateTimeOffset trained) => trained.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Fit(string value) =>
        new([.. value.Take(LongestValue).Select(character => char.IsLetterOrDigit(character) || OtherCharacters.Contains(character, StringComparison.Ordinal) ? character : '_')]);
}
