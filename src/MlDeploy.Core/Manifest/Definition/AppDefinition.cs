using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>The whole of mlapp.yaml: the one definition that reading, schema, docs and specifications come from.</summary>
internal static class AppDefinition
{
    public const string ApiVersion = "mldeploy/v1";

    /// <summary>The key of the overlays: taken off before the settings are read.</summary>
    public const string Environments = "environments";

    private static readonly Setting<string> Api = Required("apiVersion", new ChoiceType<string>(new Choice<string>(ApiVersion, ApiVersion)), "The format of this file: mldeploy/v1.");
    private static readonly Setting<string> Name = Required("name", new TextType("an application's name", "a DNS label: lower-case letters, digits and hyphens, at most 24 characters, beginning with a letter", Names.ApplicationLabel, "^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$", suggest: Names.NearestLabel), "The application's name; it prefixes cloud names and names the state folder.");
    private static readonly Setting<string> Version = Required("version", Types.Label("a version's label"), "The label of what is deployed, such as ${GIT_SHA:-dev}. Always text: 1.10 stays 1.10.");
    private static readonly Setting<ApplicationSettings> Application = Required("application", ApplicationDefinition.Section, "What runs, and how it is known to be well.");
    private static readonly Setting<ModelSettings> Model = Optional("model", ModelDefinition.Section, "What the application predicts with, and where features and predictions stand.");
    private static readonly Setting<ScalingSettings> Scaling = Defaulted("scaling", ScalingDefinition.Section, "{}", "How many instances run.");
    private static readonly Setting<RolloutSettings> Rollout = Defaulted("rollout", RolloutDefinition.Section, "{}", "How traffic moves to a new version, and what is judged on the way.");
    private static readonly Setting<MonitoringSettings> Monitoring = Defaulted("monitoring", MonitoringDefinition.Section, "{}", "What is watched between deployments.");
    private static readonly Setting<NotificationSettings> Notifications = Defaulted("notifications", NotificationDefinition.Section, "{}", "Who is told what.");
    private static readonly Setting<TrainingSettings> Training = Optional("training", TrainingDefinition.Section, "Infrastructure to train the model with.");
    private static readonly Setting<TargetSettings> Targets = Defaulted("targets", TargetsDefinition.Section, "{}", "Where versions run.");

    public static readonly Section<AppManifest> Section = new("application manifest",
        [Api, Name, Version, Application, Model, Scaling, Rollout, Monitoring, Notifications, Training, Targets],
        values => new AppManifest
        {
            Name = values.Get(Name),
            Version = values.Get(Version),
            Application = values.Get(Application),
            Model = values.OrNull(Model),
            Scaling = values.Get(Scaling),
            Rollout = WithGates(values.Get(Rollout), values.OrNull(Model)),
            Monitoring = values.Get(Monitoring),
            Notifications = values.Get(Notifications),
            Training = values.OrNull(Training),
            Targets = values.Get(Targets),
        });

    private static RolloutSettings WithGates(RolloutSettings rollout, ModelSettings? model) =>
        rollout.GatesAreDefaults ? rollout with { Gates = DefaultGates.For(model) } : rollout;
}
