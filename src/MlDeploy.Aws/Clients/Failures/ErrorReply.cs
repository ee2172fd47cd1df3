using System.Text;
using System.Text.Json;
using System.Xml;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.Failures;

/// <summary>The code, message and request id of an answer that is an error; what cannot be read is said, never thrown.</summary>
internal sealed record ErrorReply(string Code, string Message, string? RequestId)
{
    /// <summary>True for a page made for browsers: no service answers so, but balancers and moto do.</summary>
    public bool Page { get; private init; }

    /// <param name="typeHeader">X-Amzn-ErrorType.</param>
    public static ErrorReply Read(byte[] body, string? typeHeader, int status)
    {
        var start = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 512)).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (start.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return new ErrorReply("NotAService", $"answered HTTP {status} with a web page", null) { Page = true };
        }

        try
        {
            return start switch
            {
                ['<', ..] => Xml(body, status),
                ['{', ..] => Json(body, typeHeader, status),
                _ => Nothing(typeHeader, status),
            };
        }
        catch (Exception unreadable) when (unreadable is XmlException or JsonException)
        {
            return Nothing(typeHeader, status);
        }
    }

    // <ErrorResponse><Error/><RequestId/>, ec2's <Response><Errors><Error/></Errors><RequestID/>, S3's bare <Error/>.
    private static ErrorReply Xml(byte[] body, int status)
    {
        var root = XmlReplyReader.Parse(body);
        var error = root.DescendantsAndSelf().FirstOrDefault(element => element.Name.LocalName == "Error") ?? root;
        string? Text(System.Xml.Linq.XElement within, params string[] names) =>
            within.Descendants().FirstOrDefault(element => names.Contains(element.Name.LocalName))?.Value;
        return new ErrorReply(Text(error, "Code") ?? $"Http{status}", Text(error, "Message") ?? "", Text(root, "RequestId", "RequestID"));
    }

    private static ErrorReply Json(byte[] body, string? typeHeader, int status)
    {
        using var document = JsonReplyReader.Parse(body);
        string? Text(params string[] names) => names
            .Select(name => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
            .FirstOrDefault(text => text is not null);
        return new ErrorReply(
            Bare(typeHeader ?? Text("__type", "code", "Code")) ?? $"Http{status}",
            Text("message", "Message", "errorMessage") ?? "",
            null);
    }

    private static ErrorReply Nothing(string? typeHeader, int status) => new(Bare(typeHeader) ?? $"Http{status}", $"answered HTTP {status}", null);

    // "com.amazonaws.ecs#ClusterNotFoundException:http://…" names ClusterNotFoundException.
    private static string? Bare(string? type)
    {
        if (type is null)
        {
            return null;
        }

        var name = type.Split(':')[0];
        return name[(name.LastIndexOf('#') + 1)..].Trim();
    }
}
