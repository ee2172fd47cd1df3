using System.Reflection;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Specs.Aws.Clients;

public class ApiModelSpecs
{
    private static readonly Shapes Shapes = new();

    [Fact]
    public void Services_are_described_as_their_models_describe_them()
    {
        var problems = new List<string>();
        foreach (var service in AwsServices.All)
        {
            var metadata = ApiModel.Of(service).Metadata;
            string? Of(string name) => metadata.TryGetProperty(name, out var value) ? value.GetString() : null;
            void Same(string what, string? ours, string? theirs)
            {
                if (ours != theirs)
                {
                    problems.Add($"{service}: {what} is {theirs} in the model, {ours} here");
                }
            }

            Same("serviceId", service.ServiceId, Of("serviceId"));
            Same("endpointPrefix", service.EndpointPrefix, Of("endpointPrefix"));
            Same("signingName", service.SigningName, Of("signingName") ?? Of("endpointPrefix"));
            Same("apiVersion", service.ApiVersion, Of("apiVersion"));
            Same("targetPrefix", service.TargetPrefix, service.Protocol == AwsProtocol.Json ? Of("targetPrefix") : null);
            Same("jsonVersion", service.JsonVersion, service.Protocol == AwsProtocol.Json ? Of("jsonVersion") : null);
            var protocols = metadata.TryGetProperty("protocols", out var several) ? [.. several.EnumerateArray().Select(one => one.GetString()!)] : new[] { Of("protocol")! };
            if (!protocols.Contains(Protocol(service.Protocol)))
            {
                problems.Add($"{service}: the model has {string.Join(", ", protocols)}, not {Protocol(service.Protocol)}");
            }
        }

        Assert.Empty(problems);
    }

    [Fact]
    public void Every_request_and_reply_has_the_names_types_and_required_members_of_the_model()
    {
        var problems = new List<string>();
        var members = 0;
        foreach (var (service, request, response) in OurRequests.All)
        {
            var model = ApiModel.Of(service);
            var action = OurRequests.Action(request);
            if (!model.Operations.TryGetProperty(action, out var operation))
            {
                problems.Add($"{service} has no operation {action}");
                continue;
            }

            var asking = new ModelCheck(service, model, request: true);
            if (operation.TryGetProperty("input", out var input))
            {
                asking.Structure(request.Name, Shapes.Structure(request), input.GetProperty("shape").GetString()!);
            }
            else if (Shapes.Structure(request).Members.Count > 0)
            {
                problems.Add($"{service}.{action} takes nothing");
            }

            var answering = new ModelCheck(service, model, request: false);
            if (Shapes.Structure(response).Members.Count > 0)
            {
                answering.Structure(response.Name, Shapes.Structure(response), operation.GetProperty("output").GetProperty("shape").GetString()!);
                if (service.Protocol == AwsProtocol.Query && operation.GetProperty("output").GetProperty("resultWrapper").GetString() != $"{action}Result")
                {
                    problems.Add($"{service}.{action} wraps its result otherwise");
                }
            }

            if (service.Protocol == AwsProtocol.RestJson)
            {
                var rest = request.GetCustomAttribute<RestAttribute>()!;
                var http = operation.GetProperty("http");
                if (rest.Method != http.GetProperty("method").GetString() || rest.Path != http.GetProperty("requestUri").GetString())
                {
                    problems.Add($"{service}.{action} is {http}");
                }
            }

            problems.AddRange(asking.Problems.Select(problem => $"{service}.{action} request {problem}"));
            problems.AddRange(answering.Problems.Select(problem => $"{service}.{action} reply {problem}"));
            members += asking.Members + answering.Members;
        }

        Assert.Empty(problems);
        Assert.True(OurRequests.All.Count >= 80 && members >= 600, $"only {OurRequests.All.Count} operations and {members} members were found to compare");
    }

    [Fact]
    public void Every_request_has_its_method_at_its_client()
    {
        var methods = typeof(AwsSession).Assembly.GetTypes().Where(type => type.Name.EndsWith("Client", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Take(1).Select(parameter => (method.Name, parameter.ParameterType)))
            .ToHashSet();
        Assert.All(OurRequests.All, ours => Assert.Contains(($"{OurRequests.Action(ours.Request)}Async", ours.Request), methods));
    }

    private static string Protocol(AwsProtocol protocol) => protocol switch
    {
        AwsProtocol.Query => "query",
        AwsProtocol.Ec2 => "ec2",
        AwsProtocol.Json => "json",
        AwsProtocol.RestJson => "rest-json",
        AwsProtocol.RestXml => "rest-xml",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };
}
