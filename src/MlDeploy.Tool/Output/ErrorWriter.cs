using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Output;

/// <summary>
/// What went wrong, to standard error for readers; with `-o json` also as the one document on standard output.
/// Always ends with what the exit code means, so that a pipeline's log explains itself.
/// </summary>
internal sealed class ErrorWriter(CommandContext context)
{
    private const string ReportTo = "Report it with the lines above; nothing in them is secret that your command line was not.";

    private TextWriter Messages => context.Surroundings.Messages;
    private Palette Palette => context.MessagePalette;

    public ExitCode Usage(IReadOnlyList<ErrorEntry> errors) => Write(ExitCode.Usage, errors);

    public ExitCode Expected(ExpectedException expected)
    {
        for (var cause = expected.InnerException; cause is not null && context.Verbose; cause = cause.InnerException)
        {
            Messages.WriteLine(Palette.Paint(Tone.Quiet, $"cause: {cause.GetType().Name}: {cause.Message}"));
        }

        return Write(expected.ExitCode, [new ErrorEntry(expected.Message, expected.Remedy)]);
    }

    public ExitCode Manifest(ManifestRejectedException rejected) => Write(ExitCode.Usage, [.. rejected.Problems.Select(Entry)]);

    public ExitCode Interrupted(ExitCode code)
    {
        Messages.WriteLine(Meaning(code));
        return code;
    }

    public ExitCode Bug(Exception bug)
    {
        Messages.WriteLine(bug.ToString());
        Messages.WriteLine();
        return Write(ExitCode.Bug, [new ErrorEntry($"{bug.GetType().Name}: {bug.Message} (mldeploy {ToolVersion.Text})", ReportTo)]);
    }

    private static ErrorEntry Entry(ManifestProblem problem)
    {
        var place = problem.Line > 0 ? $"{problem.File}:{problem.Line}:{problem.Column}" : problem.File;
        string?[] detail = [problem.Found is null ? null : $"found {problem.Found}", problem.Allowed is null ? null : $"allowed: {problem.Allowed}"];
        var details = string.Join("; ", detail.OfType<string>());
        return new ErrorEntry($"{place}: {problem.Path}: {problem.Message}{(details.Length == 0 ? "" : $" ({details})")}", problem.Remedy);
    }

    private static string Meaning(ExitCode code) => $"exit {(int)code}: {ExitCodes.All.Single(entry => entry.Code == code).Meaning}";

    private ExitCode Write(ExitCode code, IReadOnlyList<ErrorEntry> errors)
    {
        foreach (var error in errors)
        {
            Messages.WriteLine($"{Palette.Paint(Tone.Bad, "error:")} {error.Message}");
            Messages.WriteLine($"  → {error.Remedy}");
        }

        Messages.WriteLine(Meaning(code));
        if (context.Results.Format == OutputFormat.Json)
        {
            var meaning = ExitCodes.All.Single(entry => entry.Code == code).Meaning;
            context.Results.WriteJson("error", 1, new ErrorDocument((int)code, meaning, errors), Documents.Default.ErrorDocument);
        }

        return code;
    }
}
