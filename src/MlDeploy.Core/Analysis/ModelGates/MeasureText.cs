using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>Measures in sentences.</summary>
internal static class MeasureText
{
    /// <summary>`amount is at … of 0.31`.</summary>
    public static string Distance(DistanceMeasure measure) => measure switch
    {
        DistanceMeasure.Ks => "a Kolmogorov-Smirnov distance",
        DistanceMeasure.Psi => "a population stability index",
        DistanceMeasure.Wasserstein => "a Wasserstein distance (in standard deviations)",
        _ => "a distance",
    };
}
