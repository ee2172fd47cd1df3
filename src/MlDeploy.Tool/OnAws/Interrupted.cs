using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>A signal ends the command, not what AWS does meanwhile: that is said, and how to go on.</summary>
internal static class Interrupted
{
    /// <param name="underWay">What AWS goes on doing; null: nothing.</param>
    public static async Task<ExitCode> TellAsync(Func<Task<ExitCode>> work, Func<string?> underWay, string remedy, CommandContext context)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (context.Interruption.ExitCode is not null)
        {
            context.Progress.State(underWay() is { } going ? $"interrupted; {going}: {remedy}" : $"interrupted; nothing goes on in AWS: {remedy}", Tone.Warning);
            throw;
        }
    }
}
