using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>
/// ELBv2: moto keeps the records; targets and their health are the twin's own. Every change of a record is passed on to moto and
/// takes effect in the data plane before it is answered, and nobody reads listeners between the two.
/// </summary>
internal sealed class LoadBalancingService(TwinContext context, BalancerFleet fleet, TargetRegistry targets) : ITwinService, IAsyncDisposable
{
    private static readonly string[] Changing = ["Create", "Delete", "Modify", "Set", "Add", "Remove"];

    private readonly SemaphoreSlim listeners = new(1);

    public string SigningName => "elasticloadbalancing";

    public bool Owns(string action) =>
        action is "RegisterTargets" or "DeregisterTargets" or "DescribeTargetHealth" or "DescribeLoadBalancers" or "DescribeListeners" or "DescribeRules" || IsChange(action);

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        switch (request.Action)
        {
            case "RegisterTargets":
                var registering = Group(request.Input);
                foreach (var target in request.Input.Objects("Targets"))
                    targets.Register(registering.Arn, target.Required("Id"), target.Whole("Port") ?? registering.Port);
                return TwinReply.Empty;
            case "DeregisterTargets":
                var leaving = Group(request.Input);
                foreach (var target in request.Input.Objects("Targets"))
                    targets.Deregister(leaving, target.Required("Id"), target.Whole("Port"));
                return TwinReply.Empty;
            case "DescribeTargetHealth":
                return TwinReply.Of(Health(request.Input));
        }

        var reply = await RecordedAsync(request, cancel);
        return reply.Status < 400 && request.Action is "CreateLoadBalancer" or "DescribeLoadBalancers" ? Reachable(reply) : reply;
    }

    public (string Section, JsonNode Content)? Describe() => ("loadBalancers", fleet.Describe());

    public ValueTask DisposeAsync()
    {
        listeners.Dispose();
        return fleet.DisposeAsync();
    }

    private async Task<TwinReply> RecordedAsync(TwinRequest request, CancellationToken cancel)
    {
        await listeners.WaitAsync(cancel);
        try
        {
            var reply = await context.Moto.AskAsync(request, cancel);
            // It is recorded: a caller who has left meanwhile does not keep it from taking effect.
            if (reply.Status < 400 && IsChange(request.Action))
                await fleet.RefreshAsync(request.Region, context.Ending);
            return reply;
        }
        finally
        {
            listeners.Release();
        }
    }

    private static bool IsChange(string action) => Changing.Any(verb => action.StartsWith(verb, StringComparison.Ordinal)) && !action.EndsWith("Tags", StringComparison.Ordinal);

    /// <summary>moto's answer with the addresses that really listen as DNS names.</summary>
    private TwinReply Reachable(TwinReply reply)
    {
        var root = XElement.Parse(Encoding.UTF8.GetString(reply.Raw!));
        foreach (var name in root.Descendants().Where(element => element.Name.LocalName == "DNSName").ToList())
        {
            var arn = name.Parent!.Elements().First(element => element.Name.LocalName == "LoadBalancerArn").Value;
            name.Value = fleet.AddressOf(arn).ToString();
        }

        return reply with { Raw = Encoding.UTF8.GetBytes(root.ToString(SaveOptions.DisableFormatting)) };
    }

    private TargetGroup Group(JsonObject input) =>
        fleet.Configuration.TargetGroups.GetValueOrDefault(input.Required("TargetGroupArn"))
        ?? throw new AwsError("TargetGroupNotFound", "One or more target groups not found");

    private JsonObject Health(JsonObject input)
    {
        var group = Group(input);
        var all = targets.Health(group.Arn, fleet.Configuration.LoadBalancersOf(group.Arn).Any());
        var asked = input.Objects("Targets").Select(each => (Id: each.Required("Id"), Port: each.Whole("Port") ?? group.Port)).ToList();
        var told = asked.Count == 0
            ? all
            : [.. asked.Select(each => all.FirstOrDefault(health => health.Id == each.Id && health.Port == each.Port)
                ?? new TargetHealth(each.Id, each.Port, "unused", "Target.NotRegistered", "Target is not registered to the target group"))];
        return new JsonObject
        {
            ["TargetHealthDescriptions"] = new JsonArray([.. told.Select(health => new JsonObject
            {
                ["Target"] = new JsonObject { ["Id"] = health.Id, ["Port"] = health.Port, ["AvailabilityZone"] = $"{group.Arn.Split(':')[3]}a" },
                ["HealthCheckPort"] = (group.HealthCheck.Port ?? health.Port).ToString(),
                ["TargetHealth"] = new JsonObject { ["State"] = health.State, ["Reason"] = health.Reason, ["Description"] = health.Description },
            })]),
        };
    }
}
