namespace MlDeploy.Specs.Aws.Images.Fixture;

/// <summary>A program that a test runs against and that is not ours: where it is missing the test says so, and CI has to have it.</summary>
internal static class PeerProgram
{
    /// <returns>Its path. Does not return when it is missing: the test is skipped, or fails in CI.</returns>
    public static string Find(string name, string howToGetIt)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            var missing = $"{name} is not installed here: {howToGetIt}";
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", missing);
            Assert.Skip(missing);
        }

        return path!;
    }
}
