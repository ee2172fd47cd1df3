using System.Text;
using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Tool.OnAws.Planning;

/// <summary>A plan for a pull request: one table, then each stack's diff, folded away when it is long.</summary>
internal static class PlanMarkdown
{
    /// <summary>Lines of a diff that are shown without a click.</summary>
    private const int Unfolded = 40;

    /// <summary>GitHub takes 65,536 characters in a comment.</summary>
    private const int Largest = 60_000;

    public static string Of(string application, IReadOnlyList<StackPlan> plans)
    {
        var text = new StringBuilder();
        Line(text, $"### mldeploy plan: `{application}` on aws");
        Line(text, "");
        Line(text, "| stack | | add | change | replace | remove |");
        Line(text, "|---|---|--:|--:|--:|--:|");
        foreach (var plan in plans)
        {
            Line(text, $"| `{plan.Name}` | {(plan.Action == StackAction.None ? "no changes" : plan.Action == StackAction.Create ? "**create**" : "**update**")} | {plan.Count(ResourceAction.Add)} | {plan.Count(ResourceAction.Change)} | {Marked(plan.Count(ResourceAction.Replace))} | {Marked(plan.Count(ResourceAction.Remove))} |");
        }

        foreach (var plan in plans.Where(plan => plan.Action != StackAction.None || !plan.AtDeploy.IsEmpty))
        {
            Diff(plan, text);
        }

        Line(text, "");
        Line(text, PlanText.Total(plans));
        return text.ToString();
    }

    private static void Diff(StackPlan plan, StringBuilder text)
    {
        var lines = PlanText.Plain(plan, all: false).TrimEnd('\n').Split('\n').Select(Coloured).ToArray();
        var shown = lines.TakeWhile((_, at) => text.Length + lines.Take(at + 1).Sum(line => line.Length + 1) < Largest).ToArray();
        Line(text, "");
        if (shown.Length > Unfolded)
        {
            Line(text, $"<details><summary>{plan.Name}: {PlanText.Headline(plan)}</summary>");
            Line(text, "");
        }

        var fence = Fence(shown);
        Line(text, $"{fence}diff");
        foreach (var line in shown)
        {
            Line(text, line);
        }

        Line(text, fence);
        if (shown.Length < lines.Length)
        {
            Line(text, $"{lines.Length - shown.Length} more lines: run `mldeploy plan -t aws`.");
        }

        if (shown.Length > Unfolded)
        {
            Line(text, "");
            Line(text, "</details>");
        }
    }

    /// <summary>A diff block colours by the first character of a line.</summary>
    private static string Coloured(string line) => line.TrimStart() switch
    {
        ['-', '/', '+', ..] => $"! {line}",
        ['~', ..] => $"! {line}",
        ['+', ..] => $"+ {line}",
        ['-', ..] => $"- {line}",
        _ => $"  {line}",
    };

    private static string Fence(string[] lines)
    {
        var fence = "```";
        while (lines.Any(line => line.Contains(fence, StringComparison.Ordinal)))
        {
            fence += "`";
        }

        return fence;
    }

    private static string Marked(int count) => count == 0 ? "0" : $"**{count}**";

    /// <summary>Lines end alike on every machine.</summary>
    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
