namespace MlDeploy.Core.Manifest.Rules;

internal static class StrategyRules
{
    public static void StepsFitStrategy(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        var name = NameOf(rollout.Strategy);
        if (rollout.Strategy is Strategy.Canary or Strategy.Linear)
        {
            if (rollout.Steps.IsEmpty)
            {
                context.Report("rollout.steps", $"has no step, and {name} moves traffic in steps", "at least one step { weight, for }",
                    "Add steps: [ { weight: 5%, for: 5m }, { weight: 50%, for: 10m } ], or choose strategy blue-green or all-at-once.", "rollout.strategy");
            }
        }
        else if (!rollout.Steps.IsEmpty)
        {
            context.Report("rollout.steps", $"has steps, and {name} moves all traffic at once", "no steps", "Remove steps, or choose strategy canary.", "rollout.strategy");
        }
    }

    public static void WeightsRise(RuleContext context)
    {
        var steps = context.Manifest.Rollout.Steps;
        for (var at = 1; at < steps.Length; at++)
        {
            if (steps[at].Weight <= steps[at - 1].Weight)
            {
                context.Report($"rollout.steps[{at}].weight", $"does not rise: the step before has {Text.Share(steps[at - 1].Weight)}",
                    $"more than {Text.Share(steps[at - 1].Weight)}, at most 100 %", "Raise this weight, or put the steps in order.", $"rollout.steps[{at - 1}].weight");
            }
        }
    }

    public static void BlueGreenBakes(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        if (rollout.Strategy == Strategy.BlueGreen && rollout.Bake == TimeSpan.Zero)
        {
            context.Report("rollout.bake", "is zero, and blue-green judges during the bake only", "more than 0s", "Add bake: 10m, or choose strategy all-at-once to switch without judging.", "rollout.strategy");
        }
    }

    public static void StickinessNamesOneThing(RuleContext context)
    {
        if (!context.IsWritten("rollout.stickiness"))
        {
            return;
        }

        var header = context.IsWritten("rollout.stickiness.header");
        if (header == context.IsWritten("rollout.stickiness.cookie"))
        {
            context.Report("rollout.stickiness", header ? "names a header and a cookie" : "names neither a header nor a cookie", "exactly one of header and cookie", header ? "Remove one of the two." : "Add header: X-User-Id, or remove stickiness.");
        }
    }

    public static string NameOf(Strategy strategy) => strategy switch
    {
        Strategy.Canary => "canary",
        Strategy.Linear => "linear",
        Strategy.BlueGreen => "blue-green",
        _ => "all-at-once",
    };
}
