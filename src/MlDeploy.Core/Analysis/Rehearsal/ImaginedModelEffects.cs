using System.Collections.Immutable;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>What is wrong with the inputs or the predictions, by metric.</summary>
/// <param name="Features">Of the model; they share the budget of a gate on inputs.</param>
/// <param name="Sample">Share of the requests that is captured, 0–1.</param>
/// <param name="Shares">Missing, unseen, invalid: in the profile or at stable, and at the candidate.</param>
/// <param name="Moved">Distances: by how many standard deviations.</param>
internal sealed record ImaginedModelEffects(int Features, double Sample, ImmutableDictionary<string, Shares> Shares, ImmutableDictionary<string, double> Moved)
{
    public ImaginedModelEffects Harmless => this with
    {
        Shares = Shares.ToImmutableDictionary(one => one.Key, one => new Shares(one.Value.Stable, one.Value.Stable)),
        Moved = Moved.ToImmutableDictionary(one => one.Key, _ => 0.0),
    };

    /// <summary>Null where nothing of the model is rehearsed.</summary>
    public ModelYardstick? Yardstick => Shares.IsEmpty && Moved.IsEmpty ? null
        : ImaginedInputs.Yardstick(Features, Shares.TryGetValue("model.inputs.missing", out var missing) ? missing.Stable : 0);

    /// <exception cref="ExpectedException">Two effects on the same thing, or a share above all.</exception>
    public static ImaginedModelEffects From(ImmutableArray<Effect> effects, int features, double sample)
    {
        var (shares, moved) = (ImmutableDictionary.CreateBuilder<string, Shares>(), ImmutableDictionary.CreateBuilder<string, double>());
        foreach (var effect in effects.Where(effect => effect.Metric.StartsWith("model.", StringComparison.Ordinal)))
        {
            if (shares.ContainsKey(effect.Metric) || moved.ContainsKey(effect.Metric))
            {
                throw new ExpectedException(ExitCode.Usage, $"there are two effects on {effect.Metric}", "give one");
            }

            if (Effect.IsDistance(MetricCatalog.Find(effect.Metric)!))
            {
                // Values of a lognormal with σ = 1 that come times k have moved by log k of it.
                moved.Add(effect.Metric, effect.Candidate ?? Math.Log(effect.Factor!.Value));
            }
            else
            {
                shares.Add(effect.Metric, ImaginedTraffic.Pair(effect, UsualShare(effect.Metric)));
            }
        }

        return new ImaginedModelEffects(features, sample, shares.ToImmutable(), moved.ToImmutable());
    }

    /// <summary>Null for other gates, and for those that nothing is wrong with.</summary>
    public GateTraffic? For(Gate gate) => Shares.TryGetValue(gate.Metric, out var shares) ? new ModelShareTraffic(gate, Sample, shares, Features)
        : Moved.TryGetValue(gate.Metric, out var moved) ? new ModelDistanceTraffic(gate, Sample, moved)
        : null;

    private static double UsualShare(string metric) => metric is "model.inputs.missing" ? 0.01 : 0.001;
}
