using System.Text.Json.Nodes;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>What is to be deployed, and on whose behalf.</summary>
public sealed record CandidateOrder
{
    /// <summary>As it is rolled out.</summary>
    public required AppManifest Manifest { get; init; }

    public required RolloutPlan Plan { get; init; }

    /// <summary>What serves before.</summary>
    public required DeployedVersion Stable { get; init; }

    /// <summary>The candidate's id, as the journal has it.</summary>
    public required string Candidate { get; init; }

    /// <summary>When the candidate's model was trained; null when nobody said.</summary>
    public DateTimeOffset? TrainedAt { get; init; }

    /// <summary>To be registered; null when <see cref="TaskDefinition"/> is there already.</summary>
    public JsonObject? Definition { get; init; }

    /// <summary>ARN with revision.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>The container that gets the traffic.</summary>
    public required string Container { get; init; }

    public required int Port { get; init; }
    public required string Holder { get; init; }
    public string? RunUrl { get; init; }

    /// <summary>What its predictions are judged against; null without gates on the model.</summary>
    public ModelJudging? Model { get; init; }

    /// <summary>The application's alarms neither refuse nor end it: a rollback is what ends them.</summary>
    public bool DespiteAlarms { get; init; }

    /// <summary>Under way already: its runner is gone, and we go on with it. Null to begin one.</summary>
    public RunningDeployment? Adopted { get; init; }
}
