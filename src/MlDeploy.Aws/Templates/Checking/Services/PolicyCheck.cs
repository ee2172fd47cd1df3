using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>Policy documents wherever they stand (IAM, "Grammar of the IAM JSON policy language").</summary>
internal static class PolicyCheck
{
    private static readonly string[] DocumentKeys = ["Version", "Id", "Statement"];
    private static readonly string[] StatementKeys = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, resource) in template.Resources)
        {
            Find(template, id, resource.At("Properties"), "Properties");
        }
    }

    private static void Find(CheckedTemplate template, string id, JsonNode? node, string path)
    {
        if (node is JsonObject map && !Intrinsics.Is(node))
        {
            if (map.ContainsKey("Statement"))
            {
                Document(template, id, map, path);
                return;
            }

            foreach (var (key, value) in map)
            {
                Find(template, id, value, $"{path}/{key}");
            }
        }
        else if (node is JsonArray list)
        {
            for (var at = 0; at < list.Count; at++)
            {
                Find(template, id, list[at], $"{path}/{at}");
            }
        }
    }

    private static void Document(CheckedTemplate template, string id, JsonObject document, string path)
    {
        Keys(template, id, document, path, DocumentKeys);
        if (Intrinsics.Text(document["Version"]) is not ("2012-10-17" or "2008-10-17"))
        {
            template.Report(id, $"{path}/Version", "is no version of the policy language", document["Version"], "2012-10-17", "Write 2012-10-17.");
        }

        var statements = document["Statement"] as JsonArray ?? [document["Statement"]?.DeepClone()];
        for (var at = 0; at < statements.Count; at++)
        {
            if (Intrinsics.Is(statements[at]))
            {
                continue;
            }

            if (statements[at] is not JsonObject statement)
            {
                template.Report(id, $"{path}/Statement/{at}", "is no statement", statements[at], "a map with Effect, Action and Resource", "Write it as a map.");
            }
            else
            {
                Statement(template, id, statement, $"{path}/Statement/{at}", path.EndsWith("AssumeRolePolicyDocument", StringComparison.Ordinal));
            }
        }
    }

    private static void Statement(CheckedTemplate template, string id, JsonObject statement, string path, bool isTrust)
    {
        Keys(template, id, statement, path, StatementKeys);
        if (Intrinsics.Text(statement["Effect"]) is not ("Allow" or "Deny"))
        {
            template.Report(id, $"{path}/Effect", "is neither Allow nor Deny", statement["Effect"], "Allow, Deny", "Write one of these.");
        }

        var actions = statement["Action"] ?? statement["NotAction"];
        if (actions is null)
        {
            template.Report(id, path, "has no Action", null, null, "Add Action.");
        }

        foreach (var action in actions is JsonArray several ? several.Select(Intrinsics.Text) : [Intrinsics.Text(actions)])
        {
            if (action is not null and not "*" && (action.Split(':') is not [not "", not ""] || action.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not (':' or '-' or '*' or '?'))))
            {
                template.Report(id, $"{path}/Action", "is no action", action, "service:Action, such as s3:GetObject", "Write the service and the action.");
            }
        }

        foreach (var key in (ReadOnlySpan<string>)["Resource", "NotResource"])
        {
            if (statement[key] is { } resource && !Intrinsics.Is(resource) && !(resource is JsonArray list ? list.All(one => Intrinsics.Is(one) || Intrinsics.Text(one) is not null) : Intrinsics.Text(resource) is not null))
            {
                template.Report(id, $"{path}/{key}", "is neither text nor a list of texts", resource, "ARNs, or *", "Write the ARN.");
            }
        }

        if (statement["Condition"] is { } condition && condition is not JsonObject)
        {
            template.Report(id, $"{path}/Condition", "is not a map", condition, "a map from operator to keys and values", "Write it as a map.");
        }

        if (!isTrust && statement["Resource"] is null && statement["NotResource"] is null)
        {
            template.Report(id, path, "has no Resource", null, null, "Add Resource.");
        }
    }

    private static void Keys(CheckedTemplate template, string id, JsonObject map, string path, string[] allowed)
    {
        foreach (var (key, _) in map.Where(entry => !allowed.Contains(entry.Key, StringComparer.Ordinal)))
        {
            template.Report(id, $"{path}/{key}", "is nothing that a policy has", key, string.Join(", ", allowed), StructureCheck.Nearest(key, allowed, "Remove it."));
        }
    }
}
