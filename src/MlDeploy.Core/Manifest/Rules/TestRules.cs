using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Core.Manifest.Rules;

internal static class TestRules
{
    public static void NamesAreUnique(RuleContext context)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var tests = context.Manifest.Rollout.Tests;
        for (var at = 0; at < tests.Length; at++)
        {
            if (!first.TryAdd(tests[at].Name, at))
            {
                context.Report($"rollout.tests[{at}].name", $"is also the name of rollout.tests[{first[tests[at].Name]}]", "each name once", "Rename one of the two.");
            }
        }
    }

    public static void DoExactlyOneThing(RuleContext context)
    {
        for (var at = 0; at < context.Manifest.Rollout.Tests.Length; at++)
        {
            var path = $"rollout.tests[{at}]";
            var http = context.IsWritten($"{path}.http");
            if (http == context.IsWritten($"{path}.command"))
            {
                context.Report(path, http ? "has a request and a command" : "has neither a request nor a command", "exactly one of http and command", http ? "Make two tests of it." : "Add http: { path: /predict } or command: [./check.sh].");
            }
        }
    }

    public static void ExpectationsCanBeMet(RuleContext context)
    {
        for (var at = 0; at < context.Manifest.Rollout.Tests.Length; at++)
        {
            if (context.Manifest.Rollout.Tests[at].Http is not { } http)
            {
                continue;
            }

            foreach (var expectation in http.ExpectJson)
            {
                var path = $"rollout.tests[{at}].http.expect.{SettingPath.Root.Key("json").Key(expectation.Path)}";
                if (expectation.Min > expectation.Max)
                {
                    context.Report(path, $"wants at least {Text.Number(expectation.Min.Value)} and at most {Text.Number(expectation.Max.Value)}", "min at most max", "Swap the two.");
                }
                else if (expectation.EqualsJson is not null && (expectation.Min is not null || expectation.Max is not null))
                {
                    context.Report(path, "wants a value and bounds", "equals, or min and max", "Remove one of the two.");
                }
            }

            if (http.Body is not null && (http.Method is "GET" or "HEAD"))
            {
                context.Report($"rollout.tests[{at}].http.body", $"is sent with {http.Method}, which has no body", null, "Use method: POST, or remove body.", $"rollout.tests[{at}].http.method");
            }
        }
    }
}
