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
