using System.Collections.Immutable;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`scaling`.</summary>
internal static class ScalingDefinition
{
    private static readonly Setting<long> Min = Defaulted("min", new IntegerType(1, 1000), "1", "The fewest instances of a version.");
    private static readonly Setting<long> Max = Optional("max", new IntegerType(1, 1000), "The most instances of a version; as many as min when not set.");
    private static readonly Setting<double> Cpu = Optional("cpu", new ShareType(0, 1, "70%", aboveMin: true), "Add instances when CPU use is above this share of its limit.");
    private static readonly Setting<double> Memory = Optional("memory", new ShareType(0, 1, "80%", aboveMin: true), "Add instances when memory use is above this share of its limit.");
    private static readonly Setting<double> RequestsPerMinute = Optional("requestsPerMinute", new NumberType(1, 1e9, "600"), "Add instances when one instance gets more requests a minute than this.");

    private static readonly Section<ScalesOn> OnSection = new("scalingOn", [Cpu, Memory, RequestsPerMinute],
        values => new ScalesOn(values.OrNone(Cpu), values.OrNone(Memory), values.OrNone(RequestsPerMinute)));

    private static readonly Setting<ScalesOn> On = Defaulted("on", OnSection, "{}", "What to scale on; any subset. None keeps the number of instances fixed.");

    public static readonly Section<ScalingSettings> Section = new("scaling", [Min, Max, On], values => new ScalingSettings
    {
        Min = (int)values.Get(Min),
        Max = (int)(values.OrNone(Max) ?? values.Get(Min)),
        Cpu = values.Get(On).Cpu,
        Memory = values.Get(On).Memory,
        RequestsPerMinute = values.Get(On).Requests,
    });

    private sealed record ScalesOn(double? Cpu, double? Memory, double? Requests);
}

/// <summary>`monitoring`.</summary>
internal static class MonitoringDefinition
{
    private static readonly Setting<double> Sample = Defaulted("sample", new ShareType(0, 1, "100%"), "100%", "Share of the predictions that are captured.");
    private static readonly Setting<ImmutableArray<string>> Exclude = Defaulted("exclude", Types.Features, "[]", "Features that are never captured, such as personal data.");
    private static readonly Setting<long> KeepRows = Defaulted("keepRows", new IntegerType(0, 1_000_000_000), "0", "Newest rows kept of each version beside the sketches, without the excluded features; 0 keeps sketches only.");
    private static readonly Setting<TimeSpan> KeepRowsFor = Defaulted("keepRowsFor", Types.Duration("1m", "90d", "7d"), "7d", "Rows that are older are deleted.");

    private static readonly Section<Captured> CaptureSection = new("capture", [Sample, Exclude, KeepRows, KeepRowsFor],
        values => new Captured(values.Get(Sample), values.Get(Exclude), values.Get(KeepRows), values.Get(KeepRowsFor)));

    private static readonly Setting<Captured> Capture = Defaulted("capture", CaptureSection, "{}", "What is kept of live predictions.");

    private static readonly Setting<TimeSpan> Window = Defaulted("window", Types.Duration("1m", "90d", "24h"), "24h", "How much traffic one look compares with the profile.");
    private static readonly Setting<TimeSpan> Every = Defaulted("every", Types.Duration("1m", "30d", "1h"), "1h", "How often to look.");
    private static readonly Setting<double> Max = Defaulted("max", new NumberType(0, 1, "0.20"), "0.20", "Distance of distributions above which a notification is sent; 0 identical, 1 disjoint.");

    private static readonly Section<DriftSettings> DriftSection = new("drift", [Window, Every, Max], values => new DriftSettings(values.Get(Window), values.Get(Every), values.Get(Max)));

    private static readonly Setting<DriftSettings> Drift = Optional("drift", DriftSection, "Watches the inputs between deployments; not watched when not set.");

    public static readonly Section<MonitoringSettings> Section = new("monitoring", [Capture, Drift], values => new MonitoringSettings
    {
        CaptureSample = values.Get(Capture).Sample,
        CaptureExclude = values.Get(Capture).Exclude,
        CaptureKeepRows = values.Get(Capture).KeepRows,
        CaptureKeepRowsFor = values.Get(Capture).KeepRowsFor,
        Drift = values.OrNull(Drift),
    });

    private sealed record Captured(double Sample, ImmutableArray<string> Exclude, long KeepRows, TimeSpan KeepRowsFor);
}

/// <summary>`notifications`.</summary>
internal static class NotificationDefinition
{
    private static readonly Setting<ImmutableArray<string>> Email = Defaulted("email", new ListType<string>(new TextType("an e-mail address", "an e-mail address", Names.Email, "^[^@\\s]+@[^@\\s]+$"), "e-mail addresses"), "[]", "Who is told by e-mail.");
    private static readonly Setting<ImmutableArray<SecretReference>> Webhook = Defaulted("webhook", new ListType<SecretReference>(new SecretType(), "references to webhook URLs (env:NAME, ssm:/PATH, secretsmanager:ARN)"), "[]", "Webhooks that are told; a webhook's URL is a secret, so it is referred to.");
    private static readonly Setting<ImmutableArray<string>> Command = Optional("command", Types.Command, "A program that is run for each notification, in the version's folder; it is told in MLDEPLOY_EVENT, MLDEPLOY_TEXT and MLDEPLOY_NOTIFICATION (JSON).");
    private static readonly Setting<ImmutableArray<NotificationKind>> On = Defaulted("on", new ListType<NotificationKind>(new ChoiceType<NotificationKind>(new("scaling", NotificationKind.Scaling), new("deployment", NotificationKind.Deployment), new("drift", NotificationKind.Drift)), "scaling, deployment, drift"), "[]", "What is told.");

    public static readonly Section<NotificationSettings> Section = new("notifications", [Email, Webhook, Command, On], values => new NotificationSettings
    {
        Email = values.Get(Email),
        Webhook = values.Get(Webhook),
        Command = values.Get(Command),
        On = values.Get(On),
    });
}

/// <summary>`training`.</summary>
internal static class TrainingDefinition
{
    private static readonly Setting<string> Notebook = Defaulted("notebook", Instance("a notebook's size", "ml.t3.medium"), "ml.t3.medium", "The notebook's size.");
    private static readonly Setting<string> Job = Defaulted("job", Instance("a training job's size", "ml.m5.large"), "ml.m5.large", "A training job's size.");
    private static readonly Setting<string> Data = Optional("data", new PathType("the training data"), "Training data, uploaded to a versioned bucket.");
    private static readonly Setting<string> Image = Optional("image", Types.NotEmpty("a container image"), "The container image that trains, in ECR; needed by schedule. `train job` takes AWS's own for scikit-learn when it is not set.");
    private static readonly Setting<ImmutableArray<string>> Command = Optional("command", Types.Command, "What to run in the image, in the folder of the uploaded code; what the image does by itself when not set.");
    private static readonly Setting<string> Schedule = Optional("schedule", new TextType("a schedule", "rate(7 days) or cron(0 3 * * ? *)", ScheduleExpression.Problem, @"^(rate|cron)\(.+\)$"), "When to train again; never by itself when not set.");

    public static readonly Section<TrainingSettings> Section = new("training", [Notebook, Job, Data, Image, Command, Schedule], values => new TrainingSettings
    {
        Notebook = values.Get(Notebook),
        Job = values.Get(Job),
        Data = values.OrNull(Data),
        Image = values.OrNull(Image),
        Command = values.Get(Command),
        Schedule = values.OrNull(Schedule),
    });

    private static TextType Instance(string noun, string example) =>
        new(noun, $"{noun}, such as {example}", text => text.StartsWith("ml.", StringComparison.Ordinal) && text.Count(c => c == '.') == 2 && !text.EndsWith('.') ? null : "is not an instance type", @"^ml\.[a-z0-9-]+\.[a-z0-9]+$");
}
