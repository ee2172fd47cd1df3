using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>Subscriptions: a protocol that SNS has, and an endpoint of its kind.</summary>
internal static class NotificationCheck
{
    private static readonly string[] Protocols = ["http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"];

    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, properties) in template.OfType("AWS::SNS::Subscription"))
        {
            var protocol = Literals.Text(properties["Protocol"]);
            var endpoint = Literals.Text(properties["Endpoint"]);
            if (protocol is not null && !Protocols.Contains(protocol, StringComparer.Ordinal))
            {
                template.Report(id, "Properties/Protocol", "is no protocol of SNS", protocol, string.Join(", ", Protocols), StructureCheck.Nearest(protocol, Protocols, "Write one of these."));
            }
            else if (endpoint is not null && !Fits(protocol, endpoint))
            {
                template.Report(id, "Properties/Endpoint", $"is no endpoint for {protocol}", endpoint, protocol is "email" or "email-json" ? "an e-mail address" : $"one that begins with {protocol}://", "Correct it, or the protocol.");
            }
        }
    }

    private static bool Fits(string? protocol, string endpoint) => protocol switch
    {
        "email" or "email-json" => endpoint.Split('@') is [not "", var domain] && domain.Contains('.', StringComparison.Ordinal),
        "http" or "https" => endpoint.StartsWith($"{protocol}://", StringComparison.Ordinal),
        _ => true,
    };
}
