using System.Text;

namespace MlDeploy.Bench;

/// <summary>Runs a benchmark; what it prints also goes, under a heading, to the file that MLDEPLOY_MEASUREMENTS names.</summary>
internal static class Measured
{
    public static async Task<int> RunAsync(string heading, Func<Task<int>> benchmark)
    {
        if (Environment.GetEnvironmentVariable("MLDEPLOY_MEASUREMENTS") is not { Length: > 0 } file)
        {
            return await benchmark();
        }

        var console = Console.Out;
        using var copy = new StringWriter();
        using var both = new Both(console, copy);
        Console.SetOut(both);
        try
        {
            return await benchmark();
        }
        finally
        {
            Console.SetOut(console);
            await File.AppendAllTextAsync(file, $"## {heading}\n\n{copy.ToString().Trim()}\n\n");
        }
    }

    private sealed class Both(TextWriter one, TextWriter other) : TextWriter
    {
        public override Encoding Encoding => one.Encoding;

        public override void Write(char value)
        {
            one.Write(value);
            other.Write(value);
        }
    }
}
