using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.SageMaker;

internal sealed record StatusTransition(string Status, DateTimeOffset Start, DateTimeOffset? End, string Message);

/// <summary>A training job, as it stands.</summary>
/// <param name="Input">As `CreateTrainingJob` was asked.</param>
internal sealed record TrainingJob(string Name, string Arn, JsonObject Input, DateTimeOffset Created)
{
    public string Status { get; init; } = "InProgress";

    public string SecondaryStatus { get; init; } = "Starting";

    public ImmutableArray<StatusTransition> Transitions { get; init; } = [];

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public DateTimeOffset Modified { get; init; } = Created;

    public string? FailureReason { get; init; }

    public string? Artefact { get; init; }

    public bool IsOver => Status is "Completed" or "Failed" or "Stopped";

    public TrainingJob Enter(string secondary, string message, DateTimeOffset at)
    {
        var ended = Transitions.Length == 0 ? Transitions : Transitions.SetItem(Transitions.Length - 1, Transitions[^1] with { End = Transitions[^1].End ?? at });
        return this with
        {
            SecondaryStatus = secondary,
            Status = secondary is "Completed" or "Failed" or "Stopped" or "Stopping" ? secondary : secondary == "MaxRuntimeExceeded" ? "Stopped" : "InProgress",
            Modified = at,
            Transitions = ended.Add(new StatusTransition(secondary, at, secondary is "Completed" or "Failed" or "Stopped" or "MaxRuntimeExceeded" ? at : null, message)),
        };
    }
}
