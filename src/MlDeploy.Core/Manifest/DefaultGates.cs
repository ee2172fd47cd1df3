using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest;

/// <summary>
/// The gates of a manifest that names none. Loose on purpose: they catch a version that is broken, not one that is slightly worse.
/// With a profile the model gates are among them.
/// </summary>
public static class DefaultGates
{
    public static ImmutableArray<Gate> For(ModelSettings? model) => model?.Profile is null ? Service
        : Service.AddRange(ModelGates.Where(gate => model.Prediction is not null || model.Log is not null || gate.Metric is not "model.prediction.invalid"));

    private static ImmutableArray<Gate> Service { get; } =
    [
        new Gate { Id = "http.errors", Metric = "http.errors", Max = 0.05, MaxIncrease = 0.005 },
        new Gate { Id = "latency.p99", Metric = "latency.p99", MaxRatio = 1.5 },
        new Gate { Id = "restarts", Metric = "restarts", Max = 0 },
    ];

    private static ImmutableArray<Gate> ModelGates { get; } =
    [
        new Gate { Id = "model.inputs.missing", Metric = "model.inputs.missing", MaxIncrease = 0.05 },
        new Gate { Id = "model.inputs.unseen", Metric = "model.inputs.unseen", Max = 0.05 },
        new Gate { Id = "model.inputs.drift", Metric = "model.inputs.drift", Max = 0.3 },
        new Gate { Id = "model.prediction.invalid", Metric = "model.prediction.invalid", Max = 0.001 },
    ];
}
