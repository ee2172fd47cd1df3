using System.Collections.Immutable;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`application`: what runs, and how it is known to be well.</summary>
internal static class ApplicationDefinition
{
    private static readonly Setting<string> Image = Optional("image", Types.NotEmpty("a container image"), "The container image to run: HOST/REPOSITORY:TAG or …@sha256:… in a registry; or of this machine archive:PATH (docker save, OCI; tar or tar.gz), oci:PATH, docker:NAME:TAG, podman:NAME:TAG, which is pushed. Exactly one of image and command is set.");
    private static readonly Setting<ImmutableArray<string>> Command = Optional("command", Types.Command, "The program to run as a local process, told its port in $PORT. Exactly one of image and command is set.");
    private static readonly Setting<string> WorkingDirectory = Defaulted("workingDirectory", new PathType("a folder"), ".", "The folder that is snapshotted at each deploy and that versions run in, from their snapshot.");
    private static readonly Setting<ImmutableArray<string>> Exclude = Defaulted("exclude", new ListType<string>(Types.NotEmpty("a pattern"), "patterns of files and folders"), "[]", "Glob patterns of what a snapshot leaves out, relative to workingDirectory.");
    private static readonly Setting<long> SnapshotLimit = Defaulted("snapshotLimit", new SizeType(1, 1L << 40, "1GiB"), "1GiB", "The most a snapshot may hold; beyond it deploy stops before anything is touched.");
    private static readonly Setting<long> Port = Defaulted("port", new IntegerType(1, 65535), "8080", "The port inside a container; a local process reads $PORT instead.");
    private static readonly Setting<TimeSpan> Drain = Defaulted("drain", Types.Duration("0s", "1h", "30s"), "30s", "How long a version that gets no new requests may finish the ones it has.");
    private static readonly Setting<TimeSpan> RequestTimeout = Defaulted("requestTimeout", Types.Duration("100ms", "1h", "60s"), "60s", "A request without an answer for this long is answered 504 and counts as failed.");

    private static readonly Setting<string> HealthPath = Defaulted("path", Types.UrlPath, "/health", "Where the health check asks; an answer 200 to 399 is healthy.");
    private static readonly Setting<TimeSpan> Interval = Defaulted("interval", Types.Duration("100ms", "5m", "5s"), "5s", "How often the health check asks.");
    private static readonly Setting<TimeSpan> Timeout = Defaulted("timeout", Types.Duration("50ms", "2m", "2s"), "2s", "An answer later than this is unhealthy; at most the interval.");
    private static readonly Setting<long> HealthyAfter = Defaulted("healthyAfter", new IntegerType(1, 10), "2", "Good answers in a row that make an instance healthy.");
    private static readonly Setting<long> UnhealthyAfter = Defaulted("unhealthyAfter", new IntegerType(1, 10), "3", "Bad answers in a row that make an instance unhealthy.");
    private static readonly Setting<TimeSpan> StartWithin = Defaulted("startWithin", Types.Duration("1s", "1h", "60s"), "60s", "A new version that is not healthy within this time is given up, and stable keeps serving.");

    private static readonly Section<HealthSettings> HealthSection = new("health", [HealthPath, Interval, Timeout, HealthyAfter, UnhealthyAfter, StartWithin], values => new HealthSettings
    {
        Path = values.Get(HealthPath),
        Interval = values.Get(Interval),
        Timeout = values.Get(Timeout),
        HealthyAfter = (int)values.Get(HealthyAfter),
        UnhealthyAfter = (int)values.Get(UnhealthyAfter),
        StartWithin = values.Get(StartWithin),
    });

    private static readonly Setting<HealthSettings> Health = Defaulted("health", HealthSection, "{}", "How an instance is known to be well.");

    private static readonly Setting<long> Cpu = Defaulted("cpu", new IntegerType(1, 1 << 20), "512", "CPU units; 1024 are one core. The metric cpu is a share of this.");
    private static readonly Setting<long> Memory = Defaulted("memory", new IntegerType(1, 1 << 24), "1024", "MiB. The metric memory is a share of this.");

    private static readonly Section<ResourceSettings> ResourceSection = new("resources", [Cpu, Memory], values => new ResourceSettings
    {
        Cpu = (int)values.Get(Cpu),
        Memory = (int)values.Get(Memory),
    });

    private static readonly Setting<ResourceSettings> Resources = Defaulted("resources", ResourceSection, "{}", "What one instance may use.");
    private static readonly Setting<ImmutableArray<Named<string>>> Environment = Defaulted("environment", Types.TextMap("variable names", "text", Names.Variable), "{}", "Environment variables of the application; not for secrets, since they stand in the journal.");
    private static readonly Setting<ImmutableArray<Named<SecretReference>>> Secrets = Defaulted("secrets", new MapType<SecretReference>(new SecretType(), "variable names", "references to secrets (env:NAME, ssm:/PATH, secretsmanager:ARN)", Names.Variable), "{}", "Environment variables whose values are secrets: where each is kept, never the secret itself.");

    public static readonly Section<ApplicationSettings> Section = new("application",
        [Image, Command, WorkingDirectory, Exclude, SnapshotLimit, Port, Health, Resources, Environment, Secrets, Drain, RequestTimeout],
        values => new ApplicationSettings
        {
            Image = values.OrNull(Image),
            Command = values.Get(Command),
            WorkingDirectory = values.Get(WorkingDirectory),
            Exclude = values.Get(Exclude),
            SnapshotLimit = values.Get(SnapshotLimit),
            Port = (int)values.Get(Port),
            Health = values.Get(Health),
            Resources = values.Get(Resources),
            Environment = Types.Sorted(values.Get(Environment)),
            Secrets = Types.Sorted(values.Get(Secrets)),
            Drain = values.Get(Drain),
            RequestTimeout = values.Get(RequestTimeout),
        });
}
