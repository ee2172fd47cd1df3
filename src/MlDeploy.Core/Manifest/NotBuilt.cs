using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest;

/// <summary>
/// What a manifest asks for and a target cannot do yet. `validate` accepts it, so that a manifest can be written for later;
/// every command that would act refuses it, since leaving it out would be silent.
/// </summary>
public static class NotBuilt
{
    /// <param name="target">`local` or `aws`.</param>
    public static ImmutableArray<ManifestProblem> RefusedAtUse(AppManifest manifest, string target, ManifestOrigins? origins = null)
    {
        var refused = new Refusals(origins ?? ManifestOrigins.None);
        if (target is "aws")
        {
            Aws(manifest, refused);
            return refused.ToImmutable();
        }

        Application(manifest, refused);
        Gates(manifest, refused);
        Surroundings(manifest, refused);
        return refused.ToImmutable();
    }

    private static void Aws(AppManifest manifest, Refusals refused)
    {
        Drift(manifest, refused);
        if (!manifest.Notifications.Webhook.IsEmpty)
        {
            refused.Add("notifications.webhook", "webhooks are not built yet on the target aws", "Remove notifications.webhook until then; notifications.email is built.");
        }
    }

    private static void Application(AppManifest manifest, Refusals refused)
    {
        if (manifest.Application.Image is not null)
        {
            refused.Add("application.image", "containers are not built yet on the target local", "Set application.command instead, to run a local process.");
        }

        foreach (var (name, secret) in manifest.Application.Secrets.Where(secret => secret.Value.Source != SecretSource.Env))
        {
            refused.Add($"application.secrets.{name}", $"{(secret.Source == SecretSource.Ssm ? "ssm" : "secretsmanager")} secrets are not built yet on the target local", $"Write env:{name} and set the variable where mldeploy runs.");
        }

        var scaling = manifest.Scaling;
        if (scaling.Max > 1 || scaling.Min > 1)
        {
            refused.Add(scaling.Min > 1 ? "scaling.min" : "scaling.max", "more than one instance of a version is not built yet on the target local", "Set scaling.min and scaling.max to 1 and remove scaling.on.");
        }
    }

    private static void Gates(AppManifest manifest, Refusals refused)
    {
        var gates = manifest.Rollout.GatesAreDefaults ? [] : manifest.Rollout.Gates;
        for (var at = 0; at < gates.Length; at++)
        {
            if (gates[at].Metric is "cloudwatch")
            {
                refused.Add($"rollout.gates[{at}].metric", "cloudwatch is measured on the target aws only", "Name it in an environment for aws; here, use prometheus, http or command.");
            }
        }
    }

    private static void Surroundings(AppManifest manifest, Refusals refused)
    {
        if (manifest.Training is not null)
        {
            refused.Add("training", "training infrastructure is not built yet", "Remove training until then.");
        }

        if (!manifest.Notifications.Email.IsEmpty)
        {
            refused.Add("notifications.email", "the target local sends no e-mail, so nobody would be told", "Use notifications.webhook or notifications.command, or set email in the environment that is deployed to aws.");
        }
    }

    private static void Drift(AppManifest manifest, Refusals refused)
    {
        if (manifest.Monitoring.Drift is not null)
        {
            refused.Add(
                "monitoring.drift",
                "is looked after by a host that stays, and none does on aws: nothing would be watched",
                "Run `mldeploy drift -t aws --every 1h`, or `mldeploy drift -t aws` by a schedule in the pipeline, and remove monitoring.drift here; an environment can differ from the rest.");
        }
    }

    private sealed class Refusals(ManifestOrigins origins)
    {
        private readonly ImmutableArray<ManifestProblem>.Builder problems = ImmutableArray.CreateBuilder<ManifestProblem>();

        public void Add(string path, string message, string remedy)
        {
            var (file, line, column) = origins.Locate(path);
            problems.Add(new ManifestProblem(file, line, column, path, message, null, null, remedy));
        }

        public ImmutableArray<ManifestProblem> ToImmutable() => problems.ToImmutable();
    }
}
