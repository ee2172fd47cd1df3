namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>Programs on the search path.</summary>
internal static class Program
{
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
