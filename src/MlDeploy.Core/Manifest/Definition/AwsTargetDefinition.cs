using System.Collections.Immutable;
using System.Net;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`targets.aws`.</summary>
internal static class AwsTargetDefinition
{
    private static readonly Setting<string> Region = Optional("region", new TextType("a region", "a region, such as eu-central-1", IsRegion, "^[a-z]{2}(-[a-z]+)+-[0-9]$"), "Where everything is created; the SDK's own default when not set.");
    private static readonly Setting<string> RoleArn = Optional("roleArn", Arn("a role's ARN", "iam", "arn:aws:iam::123456789012:role/deploy"), "A role to assume first.");
    private static readonly Setting<AwsNetworkSettings> Network = Defaulted("network", AwsNetworkDefinition.Section, "{}", "The network.");
    private static readonly Setting<string> CertificateArn = Optional("certificateArn", Arn("a certificate's ARN", "acm", "arn:aws:acm:eu-central-1:123456789012:certificate/…"), "The load balancer's certificate; plain HTTP when not set.");
    private static readonly Setting<bool> Scheme = Defaulted("scheme", new ChoiceType<bool>(new("internet-facing", false), new("internal", true)), "internet-facing", "Whether the load balancer is reached from the internet or from the network only.");

    private static readonly ListType<string> Ranges = new(new TextType("an address range", "an address range, such as 203.0.113.0/24", Names.Cidr, "^[0-9a-fA-F.:]+/[0-9]{1,3}$"), "address ranges", longest: 50);
    private static readonly Setting<ImmutableArray<string>> Allow = Defaulted("allow", Ranges, "[]", "From where the application is reached; from every address when not set, or with scheme internal from the private ranges.");
    private static readonly Setting<long> TestPort = Defaulted("port", new IntegerType(1, 65535), "8443", "Port of the test listener.");
    private static readonly Setting<ImmutableArray<string>> TestAllow = Defaulted("allow", Ranges, "[]", "From where the test listener is reached: the addresses that mldeploy runs at. From nowhere when not set.");

    private static readonly Section<AwsTestListenerSettings> TestListenerSection = new("testListener", [TestPort, TestAllow],
        values => new AwsTestListenerSettings((int)values.Get(TestPort)) { Allow = values.Get(TestAllow) });

    private static readonly Setting<AwsTestListenerSettings> TestListener = Defaulted("testListener", TestListenerSection, "{}", "Where the tests reach a candidate that has no production traffic.");
    private static readonly Setting<TimeSpan> LogRetention = Defaulted("logRetention", Types.Duration("1d", "3653d", "30d"), "30d", "How long logs are kept; CloudWatch knows certain numbers of days only.");
    private static readonly Setting<ImmutableArray<Named<string>>> Tags = Defaulted("tags", new MapType<string>(TextType.Any, "tag names", "text", Tag), "{}", "Tags of everything that is created.");

    private static readonly Setting<string> RegistryTemplate = Optional("registry", new PathType("a CloudFormation template"), "In place of the registry's template.");
    private static readonly Setting<string> ApplicationTemplate = Optional("application", new PathType("a CloudFormation template"), "In place of the application's template.");
    private static readonly Setting<string> TrainingTemplate = Optional("training", new PathType("a CloudFormation template"), "In place of the training's template.");

    private static readonly Section<AwsTemplateFiles> TemplateSection = new("awsTemplates", [RegistryTemplate, ApplicationTemplate, TrainingTemplate],
        values => new AwsTemplateFiles(values.OrNull(RegistryTemplate), values.OrNull(ApplicationTemplate), values.OrNull(TrainingTemplate)));

    private static readonly Setting<AwsTemplateFiles> Template = Defaulted("template", TemplateSection, "{}", "Templates of your own, which take the parameters they declare and give the same outputs as ours.");
    private static readonly Setting<string> Overrides = Defaulted("overrides", new JsonType("a map from logical id to resource", mapOnly: true), "{}", "Merge patch (RFC 7396) over the resources of the rendered templates, by logical id: the settings are never a cage.");

    public static readonly Section<AwsTargetSettings> Section = new("aws",
        [Region, RoleArn, Network, CertificateArn, Scheme, Allow, TestListener, LogRetention, Tags, Template, Overrides],
        values => new AwsTargetSettings
        {
            Region = values.OrNull(Region),
            RoleArn = values.OrNull(RoleArn),
            Network = values.Get(Network),
            CertificateArn = values.OrNull(CertificateArn),
            Internal = values.Get(Scheme),
            Allow = values.Get(Allow),
            TestListener = values.Get(TestListener),
            LogRetention = values.Get(LogRetention),
            Tags = Types.Sorted(values.Get(Tags)),
            Template = values.Get(Template),
            Overrides = values.Get(Overrides),
        });

    private static string? IsRegion(string text) =>
        text.Length is >= 9 and <= 25 && char.IsAsciiDigit(text[^1]) && text[2] == '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? null
            : "is not a region";

    private static string? Tag(string text) => text.Length is 0 or > 128 ? "is empty or longer than 128 characters" : text.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) ? "begins with aws:, which is reserved" : null;

    private static TextType Arn(string noun, string service, string example) =>
        new(noun, $"{noun}, such as {example}", text => text.Split(':') is ["arn", var partition, var of, _, _, not ""] && partition.StartsWith("aws", StringComparison.Ordinal) && string.Equals(of, service, StringComparison.Ordinal) ? null : $"is not {noun}", $"^arn:aws[a-z-]*:{service}:");
}

/// <summary>`targets.aws.network`: a new network, or an existing one.</summary>
internal static class AwsNetworkDefinition
{
    private static readonly ListType<string> SubnetIds = new(new TextType("a subnet's id", "a subnet's id, such as subnet-0a1b2c3d", text => HasId(text, "subnet-"), "^subnet-[0-9a-f]+$"), "subnet ids", longest: 16);

    private static readonly Setting<string> Vpc = Defaulted("vpc", new TextType("new or the id of a VPC", "new, or the id of an existing VPC such as vpc-0a1b2c3d", text => text is "new" ? null : HasId(text, "vpc-"), "^(new|vpc-[0-9a-f]+)$"), "new", "The network to run in: a new one, or an existing one by id.");
    private static readonly Setting<ImmutableArray<string>> Subnets = Defaulted("subnets", SubnetIds, "[]", "With an existing VPC: where the tasks run, in at least two zones.", conditional: true);
    private static readonly Setting<ImmutableArray<string>> BalancerSubnets = Defaulted("balancerSubnets", SubnetIds, "[]", "With an existing VPC: where the load balancer stands (public ones, when it faces the internet); those of the tasks when not set.", conditional: true);
    private static readonly Setting<bool> PublicAddresses = Defaulted("publicAddresses", new BooleanType(), "false", "With an existing VPC: gives tasks a public address, which they need to pull images in subnets without NAT.", conditional: true);
    private static readonly Setting<string> Cidr = Defaulted("cidr", new TextType("an IPv4 range", "an IPv4 range from /16 to /24, such as 10.0.0.0/16", Range, @"^[0-9.]+/(1[6-9]|2[0-4])$"), "10.0.0.0/16", "With a new VPC: its address range.", conditional: true);
    private static readonly Setting<bool> Nat = Defaulted("nat", new ChoiceType<bool>(new("one", false), new("perZone", true)), "one", "With a new VPC: one NAT gateway, or one in each zone (dearer, survives the loss of a zone).", conditional: true);

    public static readonly Section<AwsNetworkSettings> Section = new("network", [Vpc, Subnets, BalancerSubnets, PublicAddresses, Cidr, Nat], Bind);

    private static AwsNetworkSettings Bind(SectionValues values)
    {
        var isNew = string.Equals(values.Get(Vpc), "new", StringComparison.Ordinal);
        if (!values.IsDamaged(Vpc))
        {
            Check(values, isNew);
        }

        return new AwsNetworkSettings
        {
            Vpc = isNew ? null : values.Get(Vpc),
            Subnets = values.Get(Subnets),
            BalancerSubnets = values.Get(BalancerSubnets),
            PublicAddresses = values.Get(PublicAddresses),
            Cidr = values.Get(Cidr),
            NatPerZone = values.Get(Nat),
        };
    }

    private static void Check(SectionValues values, bool isNew)
    {
        foreach (var setting in (ReadOnlySpan<Setting>)(isNew ? [Subnets, BalancerSubnets, PublicAddresses] : [Cidr, Nat]))
        {
            if (values.Has(setting))
            {
                values.Report(setting, isNew ? "is set for a new network, which makes its own" : "is set for an existing network, which has its own", null,
                    isNew ? $"Remove {setting.Name}, or name the VPC it is for." : $"Remove {setting.Name}.");
            }
        }

        if (!isNew)
        {
            TwoZones(values, Subnets, isOptional: false);
            TwoZones(values, BalancerSubnets, isOptional: true);
        }
    }

    private static void TwoZones(SectionValues values, Setting<ImmutableArray<string>> subnets, bool isOptional)
    {
        var distinct = values.Get(subnets).Distinct(StringComparer.Ordinal).Count();
        if (distinct < 2 && !(isOptional && distinct == 0) && !values.IsDamaged(subnets))
        {
            values.Report(subnets, "names too few subnets for an existing network", "at least two subnets, in two zones", "List two subnets of the VPC in different zones.");
        }
    }

    private static string? HasId(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length && text.Skip(prefix.Length).All(char.IsAsciiHexDigitLower) ? null : $"is not an id that begins with {prefix}";

    /// <summary>Four subnets are cut from it, and AWS takes none smaller than /28.</summary>
    private static string? Range(string text) =>
        IPNetwork.TryParse(text, out var range) && range.PrefixLength is >= 16 and <= 24 && range.BaseAddress.GetAddressBytes().Length == 4 ? null : "is not an IPv4 range from /16 to /24";
}
