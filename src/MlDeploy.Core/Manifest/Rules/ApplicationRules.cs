namespace MlDeploy.Core.Manifest.Rules;

internal static class ApplicationRules
{
    public static void RunsExactlyOneThing(RuleContext context)
    {
        var hasImage = context.IsWritten("application.image");
        var hasCommand = context.IsWritten("application.command");
        if (hasImage && hasCommand)
        {
            context.Report("application.image", "and application.command are both set", "exactly one of image and command", "Remove one of the two.", "application.command");
        }
        else if (!hasImage && !hasCommand)
        {
            context.Report("application", "says nothing to run", "exactly one of image and command", "Add command: [program, argument, …] for a local process, or image: for a container.");
        }
    }

    public static void HealthTimeoutFitsInterval(RuleContext context)
    {
        var health = context.Manifest.Application.Health;
        if (health.Timeout > health.Interval)
        {
            context.Report("application.health.timeout", $"is longer than the interval, {Text.Duration(health.Interval)}", $"at most {Text.Duration(health.Interval)}",
                "Shorten timeout or lengthen interval.", "application.health.interval");
        }
    }

    public static void NothingIsBothOpenAndSecret(RuleContext context)
    {
        var application = context.Manifest.Application;
        foreach (var name in application.Secrets.Keys.Where(application.Environment.ContainsKey))
        {
            context.Report($"application.secrets.{name}", "is also set in application.environment", "each variable once", "Remove one of the two.", $"application.environment.{name}");
        }

        foreach (var name in application.Environment.Keys.Concat(application.Secrets.Keys).Where(name => name is "PORT"))
        {
            var section = application.Environment.ContainsKey(name) ? "environment" : "secrets";
            context.Report($"application.{section}.{name}", "is set by mldeploy, which chooses the port", null, $"Remove {name}.");
        }
    }

    public static void ScalingBoundsAreOrdered(RuleContext context)
    {
        var scaling = context.Manifest.Scaling;
        if (scaling.Max < scaling.Min)
        {
            context.Report("scaling.max", $"is below scaling.min, {scaling.Min}", $"at least {scaling.Min}", "Raise max or lower min.", "scaling.min");
        }

        var scalesOnSomething = scaling.Cpu is not null || scaling.Memory is not null || scaling.RequestsPerMinute is not null;
        if (scalesOnSomething && scaling.Max == scaling.Min)
        {
            context.Report("scaling.on", "has nothing to decide: min and max are the same", "max above min", "Raise scaling.max, or remove scaling.on.", "scaling.min", "scaling.max");
        }
        else if (!scalesOnSomething && scaling.Max > scaling.Min)
        {
            context.Report("scaling.max", "is above min, but nothing says when to add instances", null, "Add scaling.on with cpu, memory or requestsPerMinute, or lower max to min.", "scaling.on", "scaling.min");
        }
    }

    public static void AddressesDiffer(RuleContext context)
    {
        var local = context.Manifest.Targets.Local;
        if (local.ListenHttp2 is { } http2 && string.Equals(http2, local.Listen, StringComparison.Ordinal))
        {
            context.Report("targets.local.listenHttp2", "is the same address as listen", "an address of its own", "Choose another port.", "targets.local.listen");
        }
    }

    public static void PredictionRangeIsOrdered(RuleContext context)
    {
        if (context.Manifest.Model?.Range is var (low, high) && low >= high)
        {
            context.Report("model.range", $"begins at {Text.Number(low)}, which is not below its end {Text.Number(high)}", "two rising numbers", "Swap the two.");
        }
    }

    /// <summary>Nothing to compare with would be watched in silence.</summary>
    public static void DriftHasAProfile(RuleContext context)
    {
        if (context.IsWritten("monitoring.drift") && !context.IsWritten("model.profile"))
        {
            context.Report("monitoring.drift", "compares with model.profile, which is not set", null, "Add model.profile (`mldeploy profile create`), or remove monitoring.drift.", "model");
        }
    }

    public static void NotificationsAreComplete(RuleContext context)
    {
        var notifications = context.Manifest.Notifications;
        var someone = notifications.Email.Length > 0 || notifications.Webhook.Length > 0 || notifications.Command.Length > 0;
        if (someone && notifications.On.IsEmpty)
        {
            context.Report("notifications", "names who is told, but not what", null, "Add on: [deployment], or scaling or drift.");
        }
        else if (!someone && !notifications.On.IsEmpty)
        {
            context.Report("notifications.on", "names what is told, but nobody to tell", null, "Add email, webhook or command, or remove on.");
        }
    }
}
