using MlDeploy.Core.Report;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnLocal;

/// <summary>In GitHub Actions the report also goes to the job's summary page.</summary>
internal static class JobSummary
{
    /// <summary>GitHub drops a step's summary above 1 MiB.</summary>
    private const int Largest = 1 << 20;

    public static async Task AppendAsync(DeploymentReport report, CommandContext context)
    {
        if (context.Surroundings.Variable("GITHUB_STEP_SUMMARY") is not { Length: > 0 } file)
        {
            return;
        }

        var markdown = MarkdownReport.From(report);
        try
        {
            if (markdown.Length < Largest)
            {
                await File.AppendAllTextAsync(file, markdown + "\n");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            context.Progress.State($"the job summary could not be written: {failure.Message}", Tone.Warning);
        }
    }
}
