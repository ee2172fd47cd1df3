namespace MlDeploy.Acceptance.Fixture;

/// <summary>Texts that people read, kept under Goldens/; MLDEPLOY_REGENERATE=1 writes them anew, so that the change is seen in review.</summary>
internal static class Goldens
{
    public static void Match(string name, string actual)
    {
        var file = Path.Combine(TheTool.Repository, "tests", "MlDeploy.Acceptance", "Goldens", $"{name}.golden");
        if (Environment.GetEnvironmentVariable("MLDEPLOY_REGENERATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{file} is missing: run the tests once with MLDEPLOY_REGENERATE=1");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual);
    }
}
