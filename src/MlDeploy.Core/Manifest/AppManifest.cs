using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest;

/// <summary>
/// One application as `mlapp.yaml` describes it, after interpolation, overlay, overrides and validation:
/// every value is typed, in canonical units (shares 0–1, <see cref="TimeSpan"/>, bytes), and every default is filled in.
/// </summary>
public sealed record AppManifest
{
    /// <summary>DNS label of at most 24 characters; names the state folder and prefixes cloud names.</summary>
    public required string Name { get; init; }

    /// <summary>The label of what is deployed. A version's identity is this label and the digest of its content.</summary>
    public required string Version { get; init; }

    public required ApplicationSettings Application { get; init; }
    public ModelSettings? Model { get; init; }
    public ScalingSettings Scaling { get; init; } = new();
    public RolloutSettings Rollout { get; init; } = new();
    public MonitoringSettings Monitoring { get; init; } = new();
    public NotificationSettings Notifications { get; init; } = new();
    public TrainingSettings? Training { get; init; }
    public TargetSettings Targets { get; init; } = new();

    /// <summary>
    /// The resolved document as one JSON text: what the reader reads again to get this very manifest
    /// (sent to the host, stored with a version, shown in reports). Holds secret references, never secrets.
    /// </summary>
    public string CanonicalJson { get; init; } = "{}";
}

public sealed record ApplicationSettings
{
    /// <summary>A container image; excludes <see cref="Command"/>.</summary>
    public string? Image { get; init; }

    /// <summary>A local process and its arguments; it is told its port in <c>$PORT</c>.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Absolute path: relative ones are resolved against the manifest's folder by the reader.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Glob patterns of what a snapshot leaves out, relative to the working directory.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <summary>Bytes a snapshot may have in all.</summary>
    public long SnapshotLimit { get; init; } = 1L << 30;

    /// <summary>The port inside a container; a local process reads <c>$PORT</c> instead.</summary>
    public int Port { get; init; } = 8080;

    public HealthSettings Health { get; init; } = new();
    public ResourceSettings Resources { get; init; } = new();
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    public ImmutableSortedDictionary<string, SecretReference> Secrets { get; init; } = ImmutableSortedDictionary<string, SecretReference>.Empty;

    /// <summary>How long a version that no longer gets new requests may finish the ones it has.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A request without an answer for this long counts as a timeout (http.errors) and is answered 504.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

public sealed record HealthSettings
{
    public string Path { get; init; } = "/health";
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);
    public int HealthyAfter { get; init; } = 2;
    public int UnhealthyAfter { get; init; } = 3;
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(60);
}

public sealed record ResourceSettings
{
    /// <summary>CPU units; 1024 = one core. The gate <c>cpu</c> reads shares of this.</summary>
    public int Cpu { get; init; } = 512;

    /// <summary>MiB. The gate <c>memory</c> reads shares of this.</summary>
    public int Memory { get; init; } = 1024;
}

public enum SecretSource
{
    Env,
    Ssm,
    SecretsManager,
}

/// <summary>Where a secret is to be read at the edge: `env:NAME`, `ssm:/path`, `secretsmanager:ARN`.</summary>
public sealed record SecretReference(SecretSource Source, string Key);

public sealed record ModelSettings
{
    public string? Name { get; init; }
    public string? Version { get; init; }
    public DateTimeOffset? TrainedAt { get; init; }
    public string? Profile { get; init; }
    public ModelProtocol Protocol { get; init; } = ModelProtocol.Json;
    public string Inputs { get; init; } = "$";
    public string? Prediction { get; init; }
    public (double Low, double High)? Range { get; init; }

    /// <summary>Null where predictions are read as they pass the gateway.</summary>
    public PredictionLogSettings? Log { get; init; }
}

/// <summary>Predictions that the application writes itself, one JSON object a line.</summary>
/// <param name="Path">An absolute file or folder; null for the application's standard output.</param>
/// <param name="Inputs">Where the features stand in a line.</param>
/// <param name="Prediction">Where the prediction stands in a line.</param>
public sealed record PredictionLogSettings(string? Path = null, string Inputs = "$.inputs", string Prediction = "$.prediction");

public enum ModelProtocol
{
    Json,
    KServeV1,
    OpenInferenceV2,
    Csv,
}

public sealed record ScalingSettings
{
    public int Min { get; init; } = 1;
    public int Max { get; init; } = 1;

    /// <summary>Target share of the CPU limit, 0–1; null when not scaled on.</summary>
    public double? Cpu { get; init; }

    /// <summary>Target share of the memory limit, 0–1; null when not scaled on.</summary>
    public double? Memory { get; init; }

    public double? RequestsPerMinute { get; init; }
}

public sealed record MonitoringSettings
{
    public double CaptureSample { get; init; } = 1;
    public ImmutableArray<string> CaptureExclude { get; init; } = [];
    /// <summary>Rows kept of each version; 0 for none.</summary>
    public long CaptureKeepRows { get; init; }

    /// <summary>How long a row is kept at most.</summary>
    public TimeSpan CaptureKeepRowsFor { get; init; } = TimeSpan.FromDays(7);

    public DriftSettings? Drift { get; init; }
}

public sealed record DriftSettings(TimeSpan Window, TimeSpan Every, double Max);

public sealed record NotificationSettings
{
    public ImmutableArray<string> Email { get; init; } = [];
    public ImmutableArray<SecretReference> Webhook { get; init; } = [];

    /// <summary>Run for each notification, on the machine of the host; empty for none.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableArray<NotificationKind> On { get; init; } = [];
}

public enum NotificationKind
{
    Scaling,
    Deployment,
    Drift,
}

public sealed record TrainingSettings
{
    public string Notebook { get; init; } = "ml.t3.medium";
    public string Job { get; init; } = "ml.m5.large";
    public string? Data { get; init; }

    /// <summary>The container that trains; null when only the notebook trains.</summary>
    public string? Image { get; init; }

    /// <summary>What runs in <see cref="Image"/>, in the folder of the uploaded code; empty for what the image does by itself.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public string? Schedule { get; init; }
}

public sealed record TargetSettings
{
    public LocalTargetSettings Local { get; init; } = new();

    /// <summary>Null when the manifest has no <c>targets.aws</c>.</summary>
    public AwsTargetSettings? Aws { get; init; }
}

public sealed record LocalTargetSettings
{
    /// <summary>Address of the gateway for HTTP/1.1 and WebSocket.</summary>
    public string Listen { get; init; } = "127.0.0.1:8080";

    /// <summary>Second address for cleartext HTTP/2 (prior knowledge, as gRPC clients use it); none by default.</summary>
    public string? ListenHttp2 { get; init; }

    /// <summary>One line a request in the application's access log.</summary>
    public bool AccessLog { get; init; }
}

/// <summary>`targets.aws`: what the templates are rendered with.</summary>
public sealed record AwsTargetSettings
{
    /// <summary>Null: the SDK's own default (environment, profile).</summary>
    public string? Region { get; init; }

    /// <summary>A role to assume first.</summary>
    public string? RoleArn { get; init; }

    public AwsNetworkSettings Network { get; init; } = new();

    /// <summary>The load balancer's certificate; null for plain HTTP.</summary>
    public string? CertificateArn { get; init; }

    /// <summary>True when the load balancer is reached from the network only.</summary>
    public bool Internal { get; init; }

    /// <summary>Address ranges that clients come from; empty for every address, or the private ranges when <see cref="Internal"/>.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    public AwsTestListenerSettings TestListener { get; init; } = new();

    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(30);

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public AwsTemplateFiles Template { get; init; } = new();

    /// <summary>Merge patch (RFC 7396) over the rendered templates, by logical id, as JSON text.</summary>
    public string Overrides { get; init; } = "{}";
}

public sealed record AwsNetworkSettings
{
    /// <summary>The id of an existing VPC; null for a new one.</summary>
    public string? Vpc { get; init; }

    /// <summary>With an existing VPC: where the tasks run, in at least two zones.</summary>
    public ImmutableArray<string> Subnets { get; init; } = [];

    /// <summary>With an existing VPC: where the load balancer stands; those of the tasks when empty.</summary>
    public ImmutableArray<string> BalancerSubnets { get; init; } = [];

    /// <summary>With an existing VPC: tasks get a public address, which subnets without NAT need.</summary>
    public bool PublicAddresses { get; init; }

    /// <summary>With a new VPC: its address range, /16 to /24.</summary>
    public string Cidr { get; init; } = "10.0.0.0/16";

    /// <summary>With a new VPC: a NAT gateway in each zone instead of one.</summary>
    public bool NatPerZone { get; init; }
}

/// <param name="Port">Where tests reach a candidate that has no production traffic.</param>
public sealed record AwsTestListenerSettings(int Port = 8443)
{
    /// <summary>Address ranges that tests come from; empty for none.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];
}

/// <summary>Absolute paths of templates that take the place of ours; null for ours.</summary>
public sealed record AwsTemplateFiles(string? Registry = null, string? Application = null, string? Training = null);
