using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Training;

/// <summary>Where things lie in the training bucket, and how a job finds them: the same for scheduled jobs and for `train job`.</summary>
public static class TrainingLayout
{
    /// <summary>Prefix of what is trained with; the channel `data`.</summary>
    public const string Data = "data/";

    /// <summary>Prefix of the code that a scheduled job runs: the last upload; the channel `code`.</summary>
    public const string CurrentCode = "code/current/";

    /// <summary>Prefix below which each job writes its model.</summary>
    public const string Models = "models/";

    /// <summary>Where SageMaker mounts the channel `code` (SageMaker, "Training storage paths").</summary>
    private const string CodeFolder = "/opt/ml/input/data/code";

    /// <summary>SageMaker's AlgorithmSpecification: the image, and the command run in the folder of the code.</summary>
    /// <param name="command">Empty for what the image does by itself.</param>
    public static JsonObject Algorithm(string image, IReadOnlyCollection<string> command)
    {
        var algorithm = new JsonObject { ["TrainingImage"] = image, ["TrainingInputMode"] = "File" };
        if (command.Count > 0)
        {
            // "$@" passes the words on as they are: nothing is split or expanded.
            algorithm["ContainerEntrypoint"] = new JsonArray(["/bin/sh", "-c", $"cd {CodeFolder} && exec \"$@\"", "train", .. command.Select(word => (JsonNode)word)]);
        }

        return algorithm;
    }
}
