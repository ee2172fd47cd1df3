using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Deploying.Versions;

/// <summary>
/// Names of a version's log streams: `NAME/VERSION/CONTAINER/TASK`, so that CloudWatch Logs itself can tell versions apart, also long
/// after ECS has forgotten their tasks. Of the first, which CloudFormation made: `NAME/CONTAINER/TASK`.
/// </summary>
public static class LogStreams
{
    public const string PrefixOption = "awslogs-stream-prefix";

    /// <summary>What all streams of a version begin with.</summary>
    /// <param name="version">`v2-1a2b3c4d5e6f`; what a stream's name may not have is replaced (CloudWatch Logs API Reference, "CreateLogStream").</param>
    public static string Prefix(string application, string version) =>
        $"{application}/{new string([.. version.Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' ? character : '-')])}";

    /// <summary>The request with streams named after the version, unless an override named them otherwise.</summary>
    public static JsonObject Named(JsonObject request, string application, string version)
    {
        foreach (var options in Options(request).Where(options => options[PrefixOption]?.ToString() == application))
        {
            options[PrefixOption] = Prefix(application, version);
        }

        return request;
    }

    /// <returns>What its streams begin with; null when it does not log to CloudWatch Logs.</returns>
    public static string? PrefixOf(JsonObject definition) => Options(definition).Select(options => options[PrefixOption]?.ToString()).FirstOrDefault(prefix => prefix is not null);

    /// <summary>`fraud/v2-1a2b3c4d5e6f` → `fraud`: versions of one application differ in no more than that.</summary>
    public static string WithoutVersion(string prefix, string application) => prefix.StartsWith($"{application}/", StringComparison.Ordinal) ? application : prefix;

    /// <summary>The version and the task that a stream is of; the version is null where its name does not tell.</summary>
    public static (string? Version, string Task) Read(string stream) => stream.Split('/') switch
    {
        [_, var version, _, var task] => (version, task),
        [_, _, var task] => (null, task),
        _ => (null, ""),
    };

    private static IEnumerable<JsonObject> Options(JsonObject definition) =>
        (definition["containerDefinitions"] as JsonArray ?? []).OfType<JsonObject>().Select(container => container["logConfiguration"]?["options"]).OfType<JsonObject>();
}
