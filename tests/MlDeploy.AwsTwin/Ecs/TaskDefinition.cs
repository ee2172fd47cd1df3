using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>What the twin needs of a task definition; moto keeps the whole.</summary>
/// <param name="Cpu">Units, 1024 of which are a vCPU.</param>
/// <param name="Memory">MiB.</param>
internal sealed record TaskDefinition(string Arn, string Family, double Cpu, double Memory, ImmutableArray<Container> Containers)
{
    /// <summary>`family:revision` or an ARN, read from moto.</summary>
    /// <exception cref="AwsError">There is none.</exception>
    public static async Task<TaskDefinition> ReadAsync(TwinCaller records, string name, CancellationToken cancel)
    {
        JsonObject definition;
        try
        {
            definition = (await records.JsonAsync("ecs", "DescribeTaskDefinition", new JsonObject { ["taskDefinition"] = name }, cancel)).Object("taskDefinition");
        }
        catch (AwsError)
        {
            throw new AwsError("ClientException", $"Unable to describe task definition {name}.");
        }

        var containers = definition.Objects("containerDefinitions").Select(Container.Read).ToImmutableArray();
        return new TaskDefinition(
            definition.Required("taskDefinitionArn"),
            definition.Required("family"),
            definition.Number("cpu") ?? containers.Sum(container => container.Cpu),
            definition.Number("memory") ?? containers.Sum(container => container.Memory),
            containers);
    }
}

internal sealed record Container
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    public required bool Essential { get; init; }

    public double Cpu { get; init; }

    public double Memory { get; init; }

    public ImmutableArray<int> Ports { get; init; } = [];

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Name of the variable and where its value is kept: an ARN, or an SSM parameter's name.</summary>
    public ImmutableDictionary<string, string> Secrets { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<string> Command { get; init; } = [];

    public TimeSpan StopTimeout { get; init; }

    public LogRoute? Logs { get; init; }

    public ContainerHealthCheck? HealthCheck { get; init; }

    public static Container Read(JsonObject container) => new()
    {
        Name = container.Required("name"),
        Image = container.Required("image"),
        Essential = container.Flag("essential") ?? true,
        Cpu = container.Number("cpu") ?? 0,
        Memory = container.Number("memory") ?? container.Number("memoryReservation") ?? 0,
        Ports = [.. container.Objects("portMappings").Select(mapping => mapping.Whole("containerPort") ?? 0).Where(port => port > 0)],
        Environment = container.Objects("environment").ToImmutableDictionary(each => each.Required("name"), each => each.Text("value") ?? ""),
        Secrets = container.Objects("secrets").ToImmutableDictionary(each => each.Required("name"), each => each.Required("valueFrom")),
        Command = [.. container.Texts("command")],
        StopTimeout = TimeSpan.FromSeconds(container.Whole("stopTimeout") ?? 30),
        Logs = container["logConfiguration"] is JsonObject logs && logs.Text("logDriver") == "awslogs" ? LogRoute.Read(logs.Object("options")) : null,
        HealthCheck = container["healthCheck"] is JsonObject check ? ContainerHealthCheck.Read(check) : null,
    };
}

/// <summary>Where the awslogs driver writes: `PREFIX/CONTAINER/TASK` in a group.</summary>
internal sealed record LogRoute(string Group, string Prefix, bool CreateGroup)
{
    public static LogRoute Read(JsonObject options) =>
        new(options.Text("awslogs-group") ?? "", options.Text("awslogs-stream-prefix") ?? "", options.Flag("awslogs-create-group") ?? false);
}

/// <param name="Command">CMD and its words, or CMD-SHELL and one line.</param>
internal sealed record ContainerHealthCheck(ImmutableArray<string> Command, TimeSpan Interval, TimeSpan Timeout, int Retries, TimeSpan StartPeriod)
{
    public static ContainerHealthCheck Read(JsonObject check) => new(
        [.. check.Texts("command")],
        TimeSpan.FromSeconds(check.Whole("interval") ?? 30),
        TimeSpan.FromSeconds(check.Whole("timeout") ?? 5),
        check.Whole("retries") ?? 3,
        TimeSpan.FromSeconds(check.Whole("startPeriod") ?? 0));
}
