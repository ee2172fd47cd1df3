namespace MlDeploy.Core.Manifest.Rules;

/// <summary>What the load balancer and CodeDeploy can do with traffic.</summary>
internal static class AwsTrafficRules
{
    /// <summary>What names the balancer's cookie for a target group (Elastic Load Balancing, "Target group stickiness").</summary>
    private const string BalancerCookie = "AWSALBTG";

    /// <summary>CodeDeploy waits and shifts for two days at most.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2880);

    public static void NameFitsWhatIsNamedAfterIt(RuleContext context)
    {
        var name = context.Manifest.Name;
        if (name.StartsWith("internal-", StringComparison.Ordinal))
        {
            context.Report("name", "begins with internal-, and the load balancer is named after it, which may not", null, "Rename the application.");
        }
        else if (name.Length < 2)
        {
            context.Report("name", "has one character, and the image repository is named after it, which needs two", "2 to 24 characters", "Use a longer name.");
        }
        else if (name.Contains("--", StringComparison.Ordinal))
        {
            context.Report("name", "has two hyphens in a row, and the image repository is named after it, which may not", null, "Remove one of them.");
        }
    }

    public static void WeightsAreWholePercent(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        for (var at = 0; at < rollout.Steps.Length; at++)
        {
            var percent = rollout.Steps[at].Weight * 100;
            if (Math.Abs(percent - Math.Round(percent)) > 1e-6)
            {
                context.Report($"rollout.steps[{at}].weight", "is not in whole percent, which is all CodeDeploy knows", "1% to 99%", "Round it.");
            }
        }
    }

    public static void WaitsAreWithinTwoDays(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        for (var at = 0; at < rollout.Steps.Length; at++)
        {
            AtMostTwoDays(context, $"rollout.steps[{at}].for", rollout.Steps[at].For);
        }

        AtMostTwoDays(context, "rollout.bake", rollout.Bake);
    }

    public static void TimesAreWholeSeconds(RuleContext context)
    {
        var application = context.Manifest.Application;
        if (application.RequestTimeout.Ticks % TimeSpan.TicksPerSecond != 0 || application.RequestTimeout < TimeSpan.FromSeconds(1))
        {
            context.Report("application.requestTimeout", "is not what the load balancer can do", "whole seconds from 1s", "Write whole seconds.");
        }

        if (application.Drain.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            context.Report("application.drain", "is not what the load balancer can do", "whole seconds", "Write whole seconds.");
        }
    }

    public static void HealthTimeoutIsBelowInterval(RuleContext context)
    {
        var health = context.Manifest.Application.Health;
        // Below five seconds the interval itself is refused.
        if (health.Timeout == health.Interval && health.Interval >= TimeSpan.FromSeconds(5))
        {
            context.Report("application.health.timeout", "is as long as the interval, and the load balancer wants it shorter", $"below {Text.Duration(health.Interval)}", "Shorten it, or lengthen the interval.", "application.health.interval");
        }
    }

    public static void StickinessIsTheBalancers(RuleContext context)
    {
        if (context.Manifest.Rollout.Stickiness is { Kind: StickinessKind.Cookie, Name: not BalancerCookie })
        {
            context.Report("rollout.stickiness.cookie", "is not the cookie that the load balancer keeps a user on a version by", BalancerCookie, $"Write {BalancerCookie}, for aws alone in an environment.");
        }
    }

    public static void TestListenerHasAPortOfItsOwn(RuleContext context)
    {
        if (context.Manifest.Targets.Aws?.TestListener.Port is 80 or 443)
        {
            context.Report("targets.aws.testListener.port", "is a port that production traffic comes to", "any port but 80 and 443", "Choose another port.");
        }
    }

    public static void TestsReachTheCandidate(RuleContext context)
    {
        if (!context.Manifest.Rollout.Tests.IsEmpty && context.Manifest.Targets.Aws is { TestListener.Allow.IsEmpty: true })
        {
            context.Report("targets.aws.testListener.allow", "is empty, so that rollout.tests could not reach a candidate", "the address ranges that mldeploy runs at", "List them, such as [203.0.113.0/24].");
        }
    }

    /// <summary>
    /// CodeDeploy moves on by its own clock. Of a step, the first minute is not whole, its last measures settle a minute after their end,
    /// and judging ends half a minute before the shift: three minutes are lost. CPU and memory want five readings, a metric of
    /// one's own two, a minute each.
    /// </summary>
    public static void StepsLeaveTimeToJudge(RuleContext context)
    {
        const int Lost = 3;
        const int ResourceReadings = 5;
        const int OwnReadings = 2;
        var rollout = context.Manifest.Rollout;
        var resource = rollout.Gates.FirstOrDefault(gate => gate.Metric is "cpu" or "memory" or "cpu.perRequest");
        var slowest = resource ?? rollout.Gates.FirstOrDefault(gate => gate.Metric is "cloudwatch");
        var readings = resource is not null ? ResourceReadings : slowest is not null ? OwnReadings : 1;
        var least = TimeSpan.FromMinutes(Lost + readings);
        for (var at = 0; at < (rollout.Strategy is Strategy.Canary or Strategy.Linear ? rollout.Steps.Length : 0); at++)
        {
            var step = rollout.Steps[at];
            if (step.For < least)
            {
                context.Report(
                    $"rollout.steps[{at}].for",
                    $"is too short to judge: CodeDeploy shifts on by its own clock whatever rollout.patience says, CloudWatch's minutes settle late{(slowest is null ? "" : $", and {slowest.Id} needs {readings} of them")}",
                    $"at least {Text.Duration(least)}",
                    $"Write {Text.Duration(least)} or more.");
            }
        }
    }

    private static void AtMostTwoDays(RuleContext context, string path, TimeSpan time)
    {
        if (time > LongestWait)
        {
            context.Report(path, "is longer than CodeDeploy waits", "at most 2d", "Shorten it.");
        }
    }
}
