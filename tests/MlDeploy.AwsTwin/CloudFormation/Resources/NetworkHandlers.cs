using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal sealed class VpcHandler() : Ec2Handler("VPC")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "CreateVpc", Tagged(work, "vpc", work.Pick("CidrBlock", "InstanceTenancy")), cancel);
        var id = Value(reply, "vpcId");
        work.Announce(new Made(id, Attributes(("VpcId", id))));
        await SetDnsAsync(work, id, cancel);
        var groups = await CallAsync(work, "DescribeSecurityGroups", Filter(("vpc-id", id), ("group-name", "default")), cancel);
        var acls = await CallAsync(work, "DescribeNetworkAcls", Filter(("vpc-id", id)), cancel);
        return new Made(id, Attributes(
            ("VpcId", id), ("CidrBlock", work.Text("CidrBlock")), ("DefaultSecurityGroup", Value(groups, "groupId")),
            ("DefaultNetworkAcl", Value(acls, "networkAclId")), ("CidrBlockAssociations", new JsonArray(Value(reply, "associationId")))));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await SetDnsAsync(work, work.Id, cancel);
        await RetagAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteVpc", new JsonObject { ["VpcId"] = work.Id }, cancel));

    private static async Task SetDnsAsync(ResourceWork work, string id, CancellationToken cancel)
    {
        foreach (var name in new[] { "EnableDnsSupport", "EnableDnsHostnames" })
        {
            var value = work.Properties.Flag(name) ?? name == "EnableDnsSupport";
            await CallAsync(work, "ModifyVpcAttribute", new JsonObject { ["VpcId"] = id, [name] = new JsonObject { ["Value"] = value } }, cancel);
        }
    }

    private static JsonObject Filter(params (string Name, string Value)[] filters) => new()
    {
        ["Filter"] = new JsonArray([.. filters.Select(filter => (JsonNode?)new JsonObject { ["Name"] = filter.Name, ["Value"] = new JsonArray(filter.Value) })]),
    };
}

internal sealed class SubnetHandler() : Ec2Handler("Subnet")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "CreateSubnet", Tagged(work, "subnet", work.Pick("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "Ipv6CidrBlock")), cancel);
        var made = new Made(Value(reply, "subnetId"), Attributes(
            ("SubnetId", Value(reply, "subnetId")), ("AvailabilityZone", Value(reply, "availabilityZone")), ("VpcId", work.Text("VpcId")),
            ("CidrBlock", work.Text("CidrBlock")), ("NetworkAclAssociationId", "")));
        work.Announce(made);
        await ModifyAsync(work, made.PhysicalId, cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await ModifyAsync(work, work.Id, cancel);
        await RetagAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteSubnet", new JsonObject { ["SubnetId"] = work.Id }, cancel));

    private static Task ModifyAsync(ResourceWork work, string id, CancellationToken cancel) => CallAsync(work, "ModifySubnetAttribute", new JsonObject
    {
        ["SubnetId"] = id, ["MapPublicIpOnLaunch"] = new JsonObject { ["Value"] = work.Properties.Flag("MapPublicIpOnLaunch") ?? false },
    }, cancel);
}

internal sealed class InternetGatewayHandler() : FixedEc2Handler("InternetGateway")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var id = Value(await CallAsync(work, "CreateInternetGateway", Tagged(work, "internet-gateway", []), cancel), "internetGatewayId");
        return new Made(id, Attributes(("InternetGatewayId", id)));
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteInternetGateway", new JsonObject { ["InternetGatewayId"] = work.Id }, cancel));
}

internal sealed class VpcGatewayAttachmentHandler() : Ec2Handler("VPCGatewayAttachment")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        await CallAsync(work, "AttachInternetGateway", Ends(work.Properties), cancel);
        return new Made($"IGW|{work.Text("VpcId")}", Attributes(("AttachmentType", "IGW")));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await CallAsync(work, "DetachInternetGateway", Ends(before), cancel);
        return await CreateAsync(work, cancel);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DetachInternetGateway", Ends(work.Properties), cancel), "Gateway.NotAttached");

    private static JsonObject Ends(JsonObject properties) => new() { ["VpcId"] = properties.Text("VpcId"), ["InternetGatewayId"] = properties.Text("InternetGatewayId") };
}

internal sealed class EipHandler() : Ec2Handler("EIP")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "AllocateAddress", Tagged(work, "elastic-ip", new JsonObject { ["Domain"] = work.Text("Domain") ?? "vpc" }), cancel);
        var (address, allocation) = (Value(reply, "publicIp"), Value(reply, "allocationId"));
        return new Made(address, Attributes(("PublicIp", address), ("AllocationId", allocation)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await RetagAsync(work, work.Attributes.Required("AllocationId"), cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "ReleaseAddress", new JsonObject { ["AllocationId"] = work.Attributes.Text("AllocationId") }, cancel));
}

internal sealed class NatGatewayHandler() : FixedEc2Handler("NatGateway")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var id = Value(await CallAsync(work, "CreateNatGateway", Tagged(work, "natgateway", work.Pick("AllocationId", "SubnetId", "ConnectivityType", "PrivateIpAddress")), cancel), "natGatewayId");
        work.Announce(new Made(id, Attributes(("NatGatewayId", id))));
        await work.WaitAsync(async () => await StateAsync(work, id, cancel) == "available", TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(20));
        return new Made(id, Attributes(("NatGatewayId", id)));
    }

    public override async Task DeleteAsync(ResourceWork work, CancellationToken cancel)
    {
        await UnlessGone(() => CallAsync(work, "DeleteNatGateway", new JsonObject { ["NatGatewayId"] = work.Id }, cancel));
        await work.WaitAsync(async () => await StateAsync(work, work.Id, cancel) is null or "deleted", TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(20));
    }

    private static async Task<string?> StateAsync(ResourceWork work, string id, CancellationToken cancel)
    {
        var reply = await CallAsync(work, "DescribeNatGateways", new JsonObject { ["NatGatewayId"] = new JsonArray(id) }, cancel);
        return reply.Descendants("state").FirstOrDefault()?.Value;
    }
}

internal sealed class RouteTableHandler() : FixedEc2Handler("RouteTable")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var id = Value(await CallAsync(work, "CreateRouteTable", Tagged(work, "route-table", work.Pick("VpcId")), cancel), "routeTableId");
        return new Made(id, Attributes(("RouteTableId", id)));
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteRouteTable", new JsonObject { ["RouteTableId"] = work.Id }, cancel));
}

internal sealed class RouteHandler() : Ec2Handler("Route")
{
    private static readonly string[] Fields =
        ["RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId", "VpcEndpointId"];

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        await CallAsync(work, "CreateRoute", work.Pick(Fields), cancel);
        return new Made($"{work.Text("RouteTableId")}|{Destination(work)}", Attributes(("CidrBlock", Destination(work))));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await CallAsync(work, "ReplaceRoute", work.Pick(Fields), cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteRoute", work.Pick("RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock"), cancel));

    private static string Destination(ResourceWork work) => work.Text("DestinationCidrBlock") ?? work.Text("DestinationIpv6CidrBlock") ?? "";
}

internal sealed class SubnetRouteTableAssociationHandler() : Ec2Handler("SubnetRouteTableAssociation")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var id = Value(await CallAsync(work, "AssociateRouteTable", work.Pick("RouteTableId", "SubnetId"), cancel), "associationId");
        return new Made(id, Attributes(("Id", id)));
    }

    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => Task.FromResult(new Made(work.Id, work.Attributes));

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DisassociateRouteTable", new JsonObject { ["AssociationId"] = work.Id }, cancel));
}

internal sealed class VpcEndpointHandler() : Ec2Handler("VPCEndpoint")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var input = work.Pick("VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled");
        Lists(work.Properties, input, "");
        if (work.Properties["PolicyDocument"] is { } policy)
        {
            input["PolicyDocument"] = ApiShape.Document(policy);
        }

        var id = Value(await CallAsync(work, "CreateVpcEndpoint", Tagged(work, "vpc-endpoint", input), cancel), "vpcEndpointId");
        return new Made(id, Attributes(("Id", id)));
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        var input = new JsonObject { ["VpcEndpointId"] = work.Id };
        foreach (var (property, name) in ListNames)
        {
            var (gone, added) = ApiShape.Difference(before.Texts(property), work.Properties.Texts(property));
            Put(input, $"Add{name}", added);
            Put(input, $"Remove{name}", gone);
        }

        if (work.Properties["PolicyDocument"] is { } policy)
        {
            input["PolicyDocument"] = ApiShape.Document(policy);
        }

        await CallAsync(work, "ModifyVpcEndpoint", input, cancel);
        await RetagAsync(work, work.Id, cancel);
        return new Made(work.Id, work.Attributes);
    }

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) =>
        UnlessGone(() => CallAsync(work, "DeleteVpcEndpoints", new JsonObject { ["VpcEndpointId"] = new JsonArray(work.Id) }, cancel));

    private static readonly (string Property, string Name)[] ListNames = [("RouteTableIds", "RouteTableId"), ("SubnetIds", "SubnetId"), ("SecurityGroupIds", "SecurityGroupId")];

    private static void Lists(JsonObject properties, JsonObject input, string prefix)
    {
        foreach (var (property, name) in ListNames)
        {
            Put(input, prefix + name, [.. properties.Texts(property)]);
        }
    }

    private static void Put(JsonObject input, string name, List<string> values)
    {
        if (values.Count > 0)
        {
            input[name] = new JsonArray([.. values.Select(value => (JsonNode?)value)]);
        }
    }
}
