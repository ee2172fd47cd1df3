using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest.Rules;

/// <summary>
/// Where a setting means less on a target than the manifest allows. `validate -t aws` runs these;
/// docs/manifest.md carries the table.
/// </summary>
public static class TargetRules
{
    private static readonly int[] LogRetentionDays =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    private static readonly Action<RuleContext>[] Aws =
    [
        IsConfigured,
        RunsAnImage,
        CanaryHasOneStep,
        LinearIncrementsAreEqual,
        TimesAreWholeMinutes,
        NoHeaderStickiness,
        NoEnvironmentSecrets,
        InconclusiveRollsBack,
        HealthCheckFitsTheLoadBalancer,
        LogsAreKeptForAKnownTime,
        FargateSizesExist,
        AwsTrafficRules.NameFitsWhatIsNamedAfterIt,
        AwsTrafficRules.WeightsAreWholePercent,
        AwsTrafficRules.WaitsAreWithinTwoDays,
        AwsTrafficRules.StepsLeaveTimeToJudge,
        AwsTrafficRules.TimesAreWholeSeconds,
        AwsTrafficRules.HealthTimeoutIsBelowInterval,
        AwsTrafficRules.StickinessIsTheBalancers,
        AwsTrafficRules.TestListenerHasAPortOfItsOwn,
        AwsTrafficRules.TestsReachTheCandidate,
        AwsModelRules.GatesOnTheModelHaveALog,
        AwsModelRules.PredictionsAreLoggedToStandardOutput,
        AwsSurroundingRules.WebhooksAreNotRendered,
        AwsSurroundingRules.CommandsRunNowhere,
        AwsSurroundingRules.ScheduleHasSomethingToRun,
        AwsSurroundingRules.OverridesAreByLogicalId,
    ];

    /// <summary>What CodeDeploy, the load balancer and Fargate cannot do, or not in this way.</summary>
    public static ImmutableArray<ManifestProblem> ForAws(AppManifest manifest, ManifestOrigins? origins = null)
    {
        var problems = new ProblemList();
        var context = new RuleContext(manifest, origins ?? ManifestOrigins.None, problems, _ => false);
        foreach (var rule in Aws)
        {
            rule(context);
        }

        return problems.InOrder(origins?.Locate("").File ?? "mlapp.yaml");
    }

    private static void IsConfigured(RuleContext context)
    {
        if (context.Manifest.Targets.Aws is null)
        {
            context.Report("targets.aws", "is not set", null, "Add targets.aws, if only with a region.");
        }
    }

    private static void RunsAnImage(RuleContext context)
    {
        if (context.Manifest.Application.Image is null)
        {
            context.Report("application.image", "is not set, and aws runs containers only", null, "Set application.image instead of application.command.");
        }
    }

    private static void CanaryHasOneStep(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        if (rollout.Strategy == Strategy.Canary && rollout.Steps.Length > 1)
        {
            context.Report("rollout.steps", $"has {rollout.Steps.Length} steps, and CodeDeploy's canary has one", "exactly one step on aws", "Keep one step, or choose strategy linear; an environment can differ from the rest.");
        }
    }

    private static void LinearIncrementsAreEqual(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        if (rollout.Strategy != Strategy.Linear)
        {
            return;
        }

        for (var at = 0; at < rollout.Steps.Length; at++)
        {
            var expected = rollout.Steps[0].Weight * (at + 1);
            if (Math.Abs(rollout.Steps[at].Weight - expected) > 1e-9)
            {
                context.Report($"rollout.steps[{at}].weight", "is not an equal increment, as CodeDeploy's linear shift has it", $"{Text.Share(expected)}", "Make every step add the first step's weight.");
            }

            if (rollout.Steps[at].For != rollout.Steps[0].For)
            {
                context.Report($"rollout.steps[{at}].for", "differs from the first step, and CodeDeploy's linear shift has one interval", Text.Duration(rollout.Steps[0].For), "Hold every step for the same time.");
            }
        }

        var last = rollout.Steps.IsEmpty ? 1 : rollout.Steps[^1].Weight + rollout.Steps[0].Weight;
        if (last < 1 - 1e-9)
        {
            context.Report("rollout.steps", $"ends at {Text.Share(rollout.Steps[^1].Weight)}, from where one more increment does not reach 100 %", "increments that reach 100 %", "Add steps.");
        }
    }

    private static void TimesAreWholeMinutes(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        for (var at = 0; at < rollout.Steps.Length; at++)
        {
            WholeMinutes(context, $"rollout.steps[{at}].for", rollout.Steps[at].For);
        }

        WholeMinutes(context, "rollout.bake", rollout.Bake);
    }

    private static void WholeMinutes(RuleContext context, string path, TimeSpan time)
    {
        if (time.Ticks % TimeSpan.TicksPerMinute != 0)
        {
            context.Report(path, "is not in whole minutes, which is all CodeDeploy knows", "whole minutes", $"Write {Text.Duration(TimeSpan.FromMinutes(Math.Ceiling(time.TotalMinutes)))}.");
        }
    }

    private static void NoHeaderStickiness(RuleContext context)
    {
        if (context.Manifest.Rollout.Stickiness?.Kind == StickinessKind.Header)
        {
            context.Report("rollout.stickiness.header", "is not possible on aws: the load balancer knows cookies only", "stickiness by cookie", "Use cookie, or remove stickiness.");
        }
    }

    private static void NoEnvironmentSecrets(RuleContext context)
    {
        foreach (var (name, _) in context.Manifest.Application.Secrets.Where(secret => secret.Value.Source == SecretSource.Env))
        {
            context.Report($"application.secrets.{name}", "is a variable of the machine that deploys, which a task on aws does not have", "ssm:/PATH or secretsmanager:ARN", "Keep the secret in Parameter Store or Secrets Manager.");
        }
    }

    private static void InconclusiveRollsBack(RuleContext context)
    {
        var rollout = context.Manifest.Rollout;
        if (rollout.OnInconclusive != OnInconclusive.Rollback && (rollout.Strategy is Strategy.Canary or Strategy.Linear))
        {
            context.Report("rollout.onInconclusive", "is not possible while CodeDeploy shifts traffic: it waits only before traffic and before the old version is removed", "rollback", "Set onInconclusive: rollback, or choose strategy blue-green.");
        }
    }

    private static void HealthCheckFitsTheLoadBalancer(RuleContext context)
    {
        var health = context.Manifest.Application.Health;
        AtLeast(context, "interval", health.Interval, TimeSpan.FromSeconds(5));
        AtLeast(context, "timeout", health.Timeout, TimeSpan.FromSeconds(2));
        if (health.HealthyAfter < 2)
        {
            context.Report("application.health.healthyAfter", "is below what the load balancer can do", "2 to 10", "Write 2.");
        }

        if (health.UnhealthyAfter < 2)
        {
            context.Report("application.health.unhealthyAfter", "is below what the load balancer can do", "2 to 10", "Write 2.");
        }
    }

    private static void AtLeast(RuleContext context, string name, TimeSpan value, TimeSpan least)
    {
        if (value < least || value.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            context.Report($"application.health.{name}", "is not what the load balancer can do", $"whole seconds from {Text.Duration(least)}", $"Write {Text.Duration(least)} or more.");
        }
    }

    private static void LogsAreKeptForAKnownTime(RuleContext context)
    {
        if (context.Manifest.Targets.Aws is { } aws && !LogRetentionDays.Any(days => aws.LogRetention == TimeSpan.FromDays(days)))
        {
            context.Report("targets.aws.logRetention", "is no time that CloudWatch keeps logs for", string.Join(", ", LogRetentionDays.Select(days => $"{days}d")), "Write one of these.");
        }
    }

    private static void FargateSizesExist(RuleContext context)
    {
        var (cpu, memory) = (context.Manifest.Application.Resources.Cpu, context.Manifest.Application.Resources.Memory);
        if (FargateSizes.Memory(cpu) is not var (least, most, step))
        {
            context.Report("application.resources.cpu", "is no size that Fargate has", FargateSizes.CpuUnits, "Write one of these.");
        }
        else if (!FargateSizes.Exists(cpu, memory))
        {
            context.Report("application.resources.memory", $"is no size that Fargate has with {cpu} CPU units", cpu == 256 ? "512, 1024 or 2048 MiB" : $"{least} to {most} MiB in steps of {step}", "Write one of these, or change cpu.");
        }
    }
}
