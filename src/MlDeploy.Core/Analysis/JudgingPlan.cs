using System.Collections.Immutable;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis;

/// <param name="Gates">Metrics that are built; see <see cref="MetricCatalog"/>.</param>
/// <param name="Confidence">0–1 exclusive.</param>
/// <param name="Steps">How many steps will be judged in the whole rollout, bake included: the budget is split over them.</param>
/// <param name="MinimumUnits">Units at the candidate without which a gate does not pass a step.</param>
/// <param name="UserUnits">True under stickiness: units are users.</param>
/// <param name="Model">What inputs and predictions are judged against; null where no gate does, and where nothing is known.</param>
/// <param name="ComparableSteps">How many of the steps, the first ones, have traffic at stable; null: all of them. Comparing limits split their budget over these.</param>
public sealed record JudgingPlan(
    ImmutableArray<Gate> Gates, double Confidence, int Steps, long MinimumUnits, bool UserUnits, int? ComparableSteps = null, ModelYardstick? Model = null);
