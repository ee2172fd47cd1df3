using System.Collections.Immutable;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>How an arm's predictions are read: where features and predictions stand, and what is left out.</summary>
/// <param name="Sample">Share of requests that are looked at, 0–1.</param>
/// <param name="Exclude">Features that are not counted, nor kept in any form.</param>
public sealed record CaptureSettings(ModelProtocol Protocol, string Inputs, string? Prediction, (double Low, double High)? Range, double Sample, ImmutableArray<string> Exclude)
{
    /// <summary>Null for an application without a model: nothing of it is looked at.</summary>
    public static CaptureSettings? From(AppManifest manifest) => manifest.Model is not { } model ? null
        : model.Log is { } log ? new(ModelProtocol.Json, log.Inputs, log.Prediction, model.Range, manifest.Monitoring.CaptureSample, manifest.Monitoring.CaptureExclude)
        : new(model.Protocol, model.Inputs, model.Prediction, model.Range, manifest.Monitoring.CaptureSample, manifest.Monitoring.CaptureExclude);
}
