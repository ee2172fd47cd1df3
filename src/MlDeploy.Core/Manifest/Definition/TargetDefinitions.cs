using System.Collections.Immutable;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`targets.local`.</summary>
internal static class LocalTargetDefinition
{
    private static readonly Setting<string> Listen = Defaulted("listen", Types.Listen, "127.0.0.1:8080", "Address of the gateway for HTTP/1.1 and WebSocket; beyond loopback only when it says so.");
    private static readonly Setting<string> ListenHttp2 = Optional("listenHttp2", Types.Listen, "Second address, for cleartext HTTP/2 with prior knowledge, as gRPC clients use it.");
    private static readonly Setting<bool> AccessLog = Defaulted("accessLog", new BooleanType(), "false", "One line a request in the application's access log.");

    public static readonly Section<LocalTargetSettings> Section = new("local", [Listen, ListenHttp2, AccessLog], values => new LocalTargetSettings
    {
        Listen = values.Get(Listen),
        ListenHttp2 = values.OrNull(ListenHttp2),
        AccessLog = values.Get(AccessLog),
    });
}

/// <summary>`targets.aws`: checked already, used by the aws target when it is built.</summary>
internal static class AwsTargetDefinition
{
    private static readonly Setting<string> Region = Optional("region", new TextType("a region", "a region, such as eu-central-1", IsRegion, "^[a-z]{2}(-[a-z]+)+-[0-9]$"), "Where everything is created; the SDK's own default when not set.");
    private static readonly Setting<string> RoleArn = Optional("roleArn", Arn("a role's ARN", "iam", "arn:aws:iam::123456789012:role/deploy"), "A role to assume first.");
    private static readonly Setting<string> CertificateArn = Optional("certificateArn", Arn("a certificate's ARN", "acm", "arn:aws:acm:eu-central-1:123456789012:certificate/…"), "The load balancer's certificate; plain HTTP when not set.");
    private static readonly Setting<string> Scheme = Defaulted("scheme", new ChoiceType<string>(new("internet-facing", "internet-facing"), new("internal", "internal")), "internet-facing", "Whether the load balancer is reached from the internet or from the network only.");

    private static readonly Setting<string> Vpc = Defaulted("vpc", new TextType("new or the id of a VPC", "new, or the id of an existing VPC such as vpc-0a1b2c3d", text => text is "new" ? null : HasId(text, "vpc-"), "^(new|vpc-[0-9a-f]+)$"), "new", "The network to run in: a new one, or an existing one by id.");
    private static readonly Setting<ImmutableArray<string>> Subnets = Defaulted("subnets", new ListType<string>(new TextType("a subnet's id", "a subnet's id, such as subnet-0a1b2c3d", text => HasId(text, "subnet-"), "^subnet-[0-9a-f]+$"), "subnet ids"), "[]", "With an existing VPC: its subnets, in at least two zones.", conditional: true);
    private static readonly Setting<string> Nat = Defaulted("nat", new ChoiceType<string>(new("one", "one"), new("perZone", "perZone")), "one", "With a new VPC: one NAT gateway, or one in each zone (dearer, survives the loss of a zone).", conditional: true);

    private static readonly Section<bool> NetworkSection = new("network", [Vpc, Subnets, Nat], CheckNetwork);

    private static readonly Setting<bool> Network = Defaulted("network", NetworkSection, "{}", "The network.");

    private static readonly Setting<long> TestPort = Defaulted("port", new IntegerType(1, 65535), "8443", "Port of the test listener.");
    private static readonly Setting<ImmutableArray<string>> Allow = Defaulted("allow", new ListType<string>(new TextType("an address range", "an address range, such as 203.0.113.0/24", Names.Cidr, "^[0-9a-fA-F.:]+/[0-9]{1,3}$"), "address ranges"), "[]", "From where the test listener is reached.");

    private static readonly Section<bool> TestListenerSection = new("testListener", [TestPort, Allow], _ => true);

    private static readonly Setting<bool> TestListener = Defaulted("testListener", TestListenerSection, "{}", "Where the tests reach a candidate that has no production traffic.");
    private static readonly Setting<TimeSpan> LogRetention = Defaulted("logRetention", Types.Duration("1d", "3653d", "30d"), "30d", "How long logs are kept; CloudWatch knows certain numbers of days only.");
    private static readonly Setting<ImmutableArray<Named<string>>> Tags = Defaulted("tags", new MapType<string>(TextType.Any, "tag names", "text", Tag), "{}", "Tags of everything that is created.");
    private static readonly Setting<string> Overrides = Optional("overrides", new JsonType("a map from logical id to properties", mapOnly: true), "Merge patch (RFC 7396) over the rendered templates, by logical id and property: the settings are never a cage.");

    public static readonly Section<AwsTargetSettings> Section = new("aws",
        [Region, RoleArn, Network, CertificateArn, Scheme, TestListener, LogRetention, Tags, Overrides],
        values => new AwsTargetSettings
        {
            Region = values.OrNull(Region),
            RoleArn = values.OrNull(RoleArn),
            LogRetention = values.Get(LogRetention),
            Json = values.Json(),
        });

    private static bool CheckNetwork(SectionValues values)
    {
        var isNew = string.Equals(values.Get(Vpc), "new", StringComparison.Ordinal);
        if (isNew && values.Has(Subnets) && !values.IsDamaged(Vpc))
        {
            values.Report(Subnets, "is set for a new network, which makes its own", null, "Remove subnets, or name the VPC they are in.");
        }
        else if (!isNew && values.Get(Subnets).Length < 2 && !values.IsDamaged(Vpc) && !values.IsDamaged(Subnets))
        {
            values.Report(Subnets, "names too few subnets for an existing network", "at least two subnets, in two zones", "List two subnets of the VPC in different zones.");
        }
        else if (!isNew && values.Has(Nat) && !values.IsDamaged(Vpc))
        {
            values.Report(Nat, "is set for an existing network, which has its own", null, "Remove nat.");
        }

        return true;
    }

    private static string? IsRegion(string text) =>
        text.Length is >= 9 and <= 25 && char.IsAsciiDigit(text[^1]) && text[2] == '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? null
            : "is not a region";

    private static string? HasId(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length && text.Skip(prefix.Length).All(char.IsAsciiHexDigitLower) ? null : $"is not an id that begins with {prefix}";

    private static string? Tag(string text) => text.Length is 0 or > 128 ? "is empty or longer than 128 characters" : text.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) ? "begins with aws:, which is reserved" : null;

    private static TextType Arn(string noun, string service, string example) =>
        new(noun, $"{noun}, such as {example}", text => text.Split(':') is ["arn", var partition, var of, _, _, not ""] && partition.StartsWith("aws", StringComparison.Ordinal) && string.Equals(of, service, StringComparison.Ordinal) ? null : $"is not {noun}", $"^arn:aws[a-z-]*:{service}:");
}

/// <summary>`targets`.</summary>
internal static class TargetsDefinition
{
    private static readonly Setting<LocalTargetSettings> Local = Defaulted("local", LocalTargetDefinition.Section, "{}", "The target local: processes on this machine behind a weighted gateway.");
    private static readonly Setting<AwsTargetSettings> Aws = Optional("aws", AwsTargetDefinition.Section, "The target aws: ECS Fargate behind a load balancer, deployed by CodeDeploy.");

    public static readonly Section<TargetSettings> Section = new("targets", [Local, Aws], values => new TargetSettings
    {
        Local = values.Get(Local),
        Aws = values.OrNull(Aws),
    });
}
