using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Manifests;

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

    public ExitCode Manifest(ManifestRejectedException rejected)
    {
        Messages.Write(ProblemText.Of(rejected.Problems));
        Document(ExitCode.Usage, [.. rejected.Problems.Select(problem => new ErrorEntry($"{ProblemText.Place(problem)}: {ProblemText.Sentence(problem)}", problem.Remedy))]);
        return Ends(ExitCode.Usage);
    }

    /// <summary>Only says what the exit code means: the command has told the rest.</summary>
    public ExitCode Ends(ExitCode code)
    {
        Messages.WriteLine($"exit {(int)code}: {Meaning(code)}");
        return code;
    }

    public ExitCode Bug(Exception bug)
    {
        Messages.WriteLine(bug.ToString());
        Messages.WriteLine();
        return Write(ExitCode.Bug, [new ErrorEntry($"{bug.GetType().Name}: {bug.Message} (mldeploy {ToolVersion.Text})", ReportTo)]);
    }

    private static string Meaning(ExitCode code) => ExitCodes.All.Single(entry => entry.Code == code).Meaning;

    private ExitCode Write(ExitCode code, IReadOnlyList<ErrorEntry> errors)
    {
        foreach (var error in errors)
        {
            Messages.WriteLine($"{Palette.Paint(Tone.Bad, "error:")} {error.Message}");
            Messages.WriteLine($"  → {error.Remedy}");
        }

        Document(code, errors);
        return Ends(code);
    }

    private void Document(ExitCode code, IReadOnlyList<ErrorEntry> errors)
    {
        if (context.Results.Format == OutputFormat.Json)
        {
            context.Results.WriteJson("error", 1, new ErrorDocument((int)code, Meaning(code), errors), Documents.Default.ErrorDocument);
        }
    }
}
