using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MlDeploy.AwsTwin.CloudFormation.Schemas;

/// <summary>AWS's published resource schemas, read where cfn-lint keeps them.</summary>
internal sealed partial class SchemaLibrary
{
    private readonly Lazy<(string Folder, Dictionary<string, string> Types)> index = new(FindIndex);
    private readonly ConcurrentDictionary<string, ResourceSchema?> schemas = new();

    /// <summary>Null for a type that AWS does not have.</summary>
    public ResourceSchema? Find(string type) => schemas.GetOrAdd(type, name => index.Value.Types.TryGetValue(name, out var hash)
        ? new ResourceSchema(name, (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(index.Value.Folder, "resources", $"{hash}.json")))!)
        : null);

    private static (string, Dictionary<string, string>) FindIndex()
    {
        var folder = Path.Combine(FindPackage(), "data", "schemas");
        var provider = File.ReadAllText(Path.Combine(folder, "providers", "us_east_1.py"));
        return (folder, Entry().Matches(provider).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value));
    }

    private static string FindPackage()
    {
        foreach (var python in new[] { "python3", "python" })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import importlib.util as u; print(u.find_spec('cfnlint').submodule_search_locations[0])"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
                var found = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                if (process.ExitCode == 0 && Directory.Exists(found))
                {
                    return found;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // No such interpreter; the other may be there.
            }
        }

        throw new InvalidOperationException("cfn-lint, whose resource schemas the twin reads, is not installed for python3; install it with: pip install cfn-lint");
    }

    [GeneratedRegex("\"([A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+)\": \"([0-9a-f]+)\"")]
    private static partial Regex Entry();
}
