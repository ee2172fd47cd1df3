using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Output;

/// <summary>Findings of `doctor`, each with what to do about it.</summary>
internal static class FindingText
{
    public static void Write(IEnumerable<Finding> findings, TextWriter text, Palette palette)
    {
        foreach (var finding in findings)
        {
            text.WriteLine($"{(finding.Remedy is null ? palette.Paint(Tone.Good, "ok     ") : palette.Paint(Tone.Bad, "problem"))}  {finding.Subject}: {finding.Found}");
            if (finding.Remedy is { } remedy)
            {
                text.WriteLine($"         → {remedy}");
            }
        }
    }
}
