using System.Globalization;

namespace MlDeploy.Core.Manifest.Rules;

internal static class TimingRules
{
    public static void EverythingFitsTheDeadline(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        var steps = rollout.Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.For);
        var needed = steps + rollout.Bake;
        if (needed > rollout.Deadline)
        {
            context.Report("rollout.deadline", $"passes before the rollout can end: steps take {Text.Duration(steps)} and the bake {Text.Duration(rollout.Bake)}, together {Text.Duration(needed)}",
                $"more than {Text.Duration(needed)}, with room for start, tests and patience", "Lengthen deadline, or shorten steps or bake.", "rollout.steps", "rollout.bake");
        }
    }

    public static void StepsAreLongEnoughToJudge(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        for (var at = 0; at < rollout.Steps.Length; at++)
        {
            Check(context, $"rollout.steps[{at}].for", rollout.Steps[at].Weight, rollout.Steps[at].For, $"rollout.steps[{at}].weight");
        }
    }

    public static void BakeIsLongEnoughToJudge(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        if (rollout.Bake > TimeSpan.Zero)
        {
            Check(context, "rollout.bake", 1, rollout.Bake, "rollout.bake");
        }
    }

    private static void Check(RuleContext context, string path, double weight, TimeSpan time, string weightPath)
    {
        var rollout = context.Manifest.Rollout;
        var requests = weight * time.TotalSeconds * (rollout.ExpectedRequests ?? double.PositiveInfinity);
        if (rollout.ExpectedRequests is not { } rate || requests >= rollout.MinimumRequests || weight <= 0)
        {
            return;
        }

        // Users are at most as many as requests: under stickiness this is the least that is missing.
        var needed = TimeSpan.FromSeconds(Math.Min(Math.Ceiling(rollout.MinimumRequests / (weight * rate)), TimeSpan.FromDays(36_500).TotalSeconds));
        var rateText = rate >= 1 ? $"{Text.Number(rate)}/s" : $"{Text.Number(rate * 60)}/min";
        context.Report(path,
            string.Create(CultureInfo.InvariantCulture, $"is too short to judge: {Text.Share(weight)} of {rateText} for {Text.Duration(time)} is about {Math.Floor(requests):0} requests, minimumRequests is {rollout.MinimumRequests}"),
            $"at least {Text.Duration(needed)}", "Hold it longer, raise the weight, or lower minimumRequests.", weightPath, "rollout.expectedRequests", "rollout.minimumRequests");
    }
}
