namespace MlDeploy.Specs.Analysis.Simulation;

/// <summary>Soak runs leave their figures as Markdown tables in the file that `MLDEPLOY_MEASUREMENTS` names, and in the test's output in any case.</summary>
internal static class MeasurementsFile
{
    private static readonly Lock Writing = new();

    /// <param name="title">Begins a table, unless it is already the one being written.</param>
    /// <param name="header">Column names, `| a | b |`.</param>
    public static void Add(string title, string header, params string[] rows)
    {
        lock (Writing)
        {
            foreach (var row in rows)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(row);
            }

            if (Environment.GetEnvironmentVariable("MLDEPLOY_MEASUREMENTS") is { Length: > 0 } path)
            {
                var heading = $"## {title}\n";
                var begun = File.Exists(path) && File.ReadAllText(path).Contains(heading, StringComparison.Ordinal);
                var rule = string.Concat(Enumerable.Repeat("|---", header.Count(letter => letter == '|') - 1)) + "|";
                File.AppendAllLines(path, begun ? rows : [heading, header, rule, .. rows]);
            }
        }
    }
}
