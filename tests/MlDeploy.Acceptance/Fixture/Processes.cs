using System.Globalization;
using System.Text;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>Processes of this machine, by what stands in their environment.</summary>
internal static class Processes
{
    /// <summary>Hosts, watchers and commands of one state folder, and every process of an application's instances.</summary>
    public static IReadOnlyList<(int Pid, string CommandLine)> Of(string state, string application) =>
        [.. Having(environment => environment.Contains($"MLDEPLOY_STATE={state}\0", StringComparison.Ordinal) || IsInstance(environment, application))];

    public static IReadOnlyList<(int Pid, string CommandLine)> OfInstances(string application) => [.. Having(environment => IsInstance(environment, application))];

    private static bool IsInstance(string environment, string application) => environment.Contains($"MLDEPLOY_INSTANCE={application}/", StringComparison.Ordinal);

    private static IEnumerable<(int Pid, string CommandLine)> Having(Func<string, bool> environment)
    {
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Read(Path.Combine(folder, "environ")) is { Length: > 0 } variables && environment(variables + "\0"))
            {
                yield return (pid, Read(Path.Combine(folder, "cmdline"))?.Replace('\0', ' ') ?? "");
            }
        }
    }

    private static string? Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
