namespace MlDeploy.Specs.Manifest;

/// <summary>Files that a specification keeps current: with MLDEPLOY_REGENERATE=1 it writes them instead of comparing.</summary>
internal static class Golden
{
    public static void Matches(string repositoryPath, string actual)
    {
        var file = Reading.RepositoryFile(repositoryPath);
        if (Environment.GetEnvironmentVariable("MLDEPLOY_REGENERATE") is "1")
        {
            File.WriteAllText(file, actual);
        }

        var expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(string.Equals(expected, actual, StringComparison.Ordinal), $"{repositoryPath} is not what is made now. If that is meant, run with MLDEPLOY_REGENERATE=1 and read the difference.\n\n{actual}");
    }
}
