using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>
/// What has no fixed length and so no place in a template: environment and secrets of the container, permission to read those,
/// e-mail subscriptions, and the address ranges that reach the load balancer.
/// </summary>
internal static class ApplicationAdditions
{
    private static readonly ImmutableArray<string> EveryAddress = ["0.0.0.0/0"];

    /// <summary>RFC 1918.</summary>
    private static readonly ImmutableArray<string> PrivateAddresses = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

    /// <param name="resources">Changed in place. A template of one's own need not have everything; what it has is added to.</param>
    public static void Add(JsonObject resources, AppManifest manifest)
    {
        if (Properties(resources, LogicalIds.TaskDefinition, "AWS::ECS::TaskDefinition").At("ContainerDefinitions") is JsonArray containers)
        {
            Container(containers, manifest.Application);
        }

        if (Properties(resources, LogicalIds.ExecutionRole, "AWS::IAM::Role") is { } role && !manifest.Application.Secrets.IsEmpty)
        {
            ReadSecrets(role, manifest.Application.Secrets.Values);
        }

        if (Properties(resources, LogicalIds.BalancerSecurityGroup, "AWS::EC2::SecurityGroup") is { } group)
        {
            group["SecurityGroupIngress"] = Ingress(manifest.Targets.Aws!);
        }

        if (Properties(resources, LogicalIds.Topic, "AWS::SNS::Topic") is not null && !manifest.Notifications.On.IsEmpty)
        {
            Subscribe(resources, manifest.Notifications.Email);
        }
    }

    private static JsonObject? Properties(JsonObject resources, string logicalId, string type) =>
        resources[logicalId] is JsonObject resource && string.Equals(Intrinsics.Text(resource["Type"]), type, StringComparison.Ordinal) ? resource["Properties"] as JsonObject : null;

    private static void Container(JsonArray containers, ApplicationSettings application)
    {
        var container = containers.OfType<JsonObject>().FirstOrDefault(container => Intrinsics.Text(container["Name"]) is LogicalIds.Container);
        if (container is null)
        {
            return;
        }

        if (!application.Environment.IsEmpty)
        {
            container["Environment"] = new JsonArray([.. application.Environment.Select(variable => (JsonNode)new JsonObject { ["Name"] = variable.Key, ["Value"] = variable.Value })]);
        }

        if (!application.Secrets.IsEmpty)
        {
            container["Secrets"] = new JsonArray([.. application.Secrets.Select(secret => (JsonNode)new JsonObject { ["Name"] = secret.Key, ["ValueFrom"] = ValueFrom(secret.Value) })]);
        }
    }

    /// <summary>A parameter's ARN, or a secret's. `env:` is refused by validation: its value would stand in the template.</summary>
    private static JsonNode ValueFrom(SecretReference secret) => secret.Source switch
    {
        SecretSource.Ssm => new JsonObject { [Intrinsics.Sub] = $"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter{secret.Key}" },
        SecretSource.SecretsManager => JsonValue.Create(secret.Key),
        _ => throw new InvalidOperationException("env: secrets are refused on aws before anything is rendered"),
    };

    private static void ReadSecrets(JsonObject role, IEnumerable<SecretReference> secrets)
    {
        var statements = new JsonArray();
        foreach (var group in secrets.GroupBy(secret => secret.Source).OrderBy(group => group.Key))
        {
            statements.Add(new JsonObject
            {
                ["Effect"] = "Allow",
                ["Action"] = group.Key == SecretSource.Ssm ? "ssm:GetParameters" : "secretsmanager:GetSecretValue",
                ["Resource"] = new JsonArray([.. group.DistinctBy(Whole).Select(secret => secret.Source == SecretSource.Ssm ? ValueFrom(secret) : JsonValue.Create(Whole(secret)))]),
            });
        }

        var policies = role["Policies"] as JsonArray ?? [];
        policies.Add(new JsonObject
        {
            ["PolicyName"] = "secrets",
            ["PolicyDocument"] = new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements },
        });
        role["Policies"] = policies;
    }

    /// <summary>Permission is given for a secret, a reference may go on to one key of its JSON: `arn:…:secret:name-AbCdEf:key::`.</summary>
    private static string Whole(SecretReference secret) =>
        secret.Source == SecretSource.SecretsManager ? string.Join(':', secret.Key.Split(':').Take(7)) : secret.Key;

    private static JsonArray Ingress(AwsTargetSettings aws)
    {
        var rules = new JsonArray();
        var clients = !aws.Allow.IsEmpty ? aws.Allow : aws.Internal ? PrivateAddresses : EveryAddress;
        foreach (var range in clients)
        {
            Rule(rules, aws.CertificateArn is null ? 80 : 443, range, "production");
            if (aws.CertificateArn is not null)
            {
                Rule(rules, 80, range, "redirected to HTTPS");
            }
        }

        foreach (var range in aws.TestListener.Allow)
        {
            Rule(rules, aws.TestListener.Port, range, "tests before traffic");
        }

        return rules;
    }

    private static void Rule(JsonArray rules, int port, string range, string description) => rules.Add(new JsonObject
    {
        ["IpProtocol"] = "tcp",
        ["FromPort"] = port,
        ["ToPort"] = port,
        [range.Contains(':', StringComparison.Ordinal) ? "CidrIpv6" : "CidrIp"] = range,
        ["Description"] = description,
    });

    private static void Subscribe(JsonObject resources, ImmutableArray<string> addresses)
    {
        foreach (var address in addresses.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            // By the address and not by its place in the list: another order would subscribe everyone anew, to be confirmed again.
            var id = $"Subscription{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(address.ToLowerInvariant())).AsSpan(0, 4))}";
            resources[id] = new JsonObject
            {
                ["Type"] = "AWS::SNS::Subscription",
                ["Properties"] = new JsonObject { ["TopicArn"] = Intrinsics.Reference(LogicalIds.Topic), ["Protocol"] = "email", ["Endpoint"] = address },
            };
        }
    }
}
