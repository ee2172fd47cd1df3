namespace MlDeploy.Specs;

/// <summary>
/// Texts that people read, kept beside the tests and in docs/. A difference fails;
/// MLDEPLOY_REGENERATE=1 writes the file anew, so that the change is seen in review.
/// </summary>
internal static class Golden
{
    public static string Repository { get; } = FindRepository();

    private static bool Regenerate => Environment.GetEnvironmentVariable("MLDEPLOY_REGENERATE") == "1";

    /// <param name="path">Relative to the repository.</param>
    public static void Match(string path, string actual)
    {
        var file = Path.Combine(Repository, path);
        if (Regenerate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
            return;
        }

        Assert.True(File.Exists(file), $"{path} is missing: run the tests once with MLDEPLOY_REGENERATE=1");
        var expected = File.ReadAllText(file).ReplaceLineEndings("\n");
        if (expected != actual)
        {
            Assert.Fail($"{path} differs; if the change is meant, run the tests once with MLDEPLOY_REGENERATE=1.\n{FirstDifference(expected, actual)}");
        }
    }

    private static string FirstDifference(string expected, string actual)
    {
        var before = expected.Split('\n');
        var after = actual.Split('\n');
        var line = Enumerable.Range(0, Math.Max(before.Length, after.Length)).First(i => i >= before.Length || i >= after.Length || before[i] != after[i]);
        return $"line {line + 1}\n  expected: {before.ElementAtOrDefault(line) ?? "(end)"}\n  actual:   {after.ElementAtOrDefault(line) ?? "(end)"}";
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MlDeploy.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"no MlDeploy.slnx above {AppContext.BaseDirectory}");
    }
}
