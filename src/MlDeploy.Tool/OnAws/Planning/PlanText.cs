using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws.Planning;

/// <summary>A plan as a diff that reads well in a pipeline's log: `+` added, `~` changed, `-/+` made anew, `-` removed; colour only repeats it.</summary>
internal static class PlanText
{
    /// <summary>Characters a value may have beside its path; logs of pipelines are wider than terminals.</summary>
    private const int Width = 110;

    /// <summary>A path longer than this does not push the values of the others to the right.</summary>
    private const int WidestPath = 72;

    public static void Write(IReadOnlyList<StackPlan> plans, TextWriter text, Palette palette, bool all)
    {
        foreach (var plan in plans)
        {
            Write(plan, text, palette, all);
            text.WriteLine();
        }

        text.WriteLine(Total(plans));
    }

    /// <summary>`nothing to do` or `3 to add, 1 to change …`.</summary>
    public static string Total(IReadOnlyList<StackPlan> plans) => plans.All(plan => plan.Action == StackAction.None)
        ? plans.Any(plan => !plan.AtDeploy.IsEmpty)
            ? "plan: nothing to do for `mldeploy provision -t aws`; the next `mldeploy deploy -t aws` changes what is told above"
            : "plan: nothing to do"
        : $"plan: {Counts(plans)}; `mldeploy provision -t aws` does it";

    /// <summary>Lines of one plan without colour, for a diff block in Markdown.</summary>
    public static string Plain(StackPlan plan, bool all)
    {
        using var text = new StringWriter { NewLine = "\n" };
        Write(plan, text, Palette.None, all);
        return text.ToString();
    }

    public static string Headline(StackPlan plan) => plan.Action switch
    {
        StackAction.None => "no changes",
        StackAction.Create => $"to be created, {plan.Resources.Length} {(plan.Resources.Length == 1 ? "resource" : "resources")}",
        _ => Counts([plan]),
    };

    private static void Write(StackPlan plan, TextWriter text, Palette palette, bool all)
    {
        text.WriteLine($"{palette.Paint(Tone.Strong, plan.Name)}  {Headline(plan)}");
        foreach (var note in plan.Notes)
        {
            text.WriteLine($"  {palette.Paint(Tone.Warning, $"! {note}")}");
        }

        var brief = plan.Action == StackAction.Create && !all;
        var widest = plan.Resources.Select(resource => resource.LogicalId.Length).DefaultIfEmpty().Max();
        foreach (var resource in plan.Resources)
        {
            Write(resource, brief, brief ? widest : 0, text, palette);
        }

        if (brief)
        {
            text.WriteLine(palette.Paint(Tone.Quiet, "      every property: mldeploy plan -t aws --verbose, or mldeploy render -t aws"));
        }

        Section("outputs", plan.Outputs, plan.Action != StackAction.Create, text, palette);
        Section("stack", plan.Other, show: true, text, palette);
        if (!plan.AtDeploy.IsEmpty)
        {
            text.WriteLine("  applies at deploy (CloudFormation cannot change what CodeDeploy runs):");
            foreach (var resource in plan.AtDeploy)
            {
                Write(resource, brief: false, 0, text, palette);
            }
        }

        // Where nothing changes, nothing could have been touched.
        if (!plan.LeftAlone.IsEmpty && (plan.Action != StackAction.None || !plan.AtDeploy.IsEmpty || all))
        {
            text.WriteLine(palette.Paint(Tone.Quiet, "  left alone:"));
            foreach (var part in plan.LeftAlone.GroupBy(part => (part.What, part.Why)))
            {
                text.WriteLine(palette.Paint(Tone.Quiet, $"      {part.Key.What} ({string.Join(", ", part.Select(one => one.LogicalId))}): {part.Key.Why}"));
            }
        }
    }

    private static void Write(ResourceChange resource, bool brief, int widest, TextWriter text, Palette palette)
    {
        var (sign, tone, what) = resource.Action switch
        {
            ResourceAction.Add => ("  +", Tone.Good, ""),
            ResourceAction.Remove => ("  -", Tone.Bad, ""),
            ResourceAction.Replace => ("-/+", Tone.Bad, "  # made anew"),
            _ => ("  ~", Tone.Warning, resource.MayReplace ? "  # may be made anew" : ""),
        };
        text.WriteLine(palette.Paint(tone, $"{sign} {resource.LogicalId.PadRight(widest)}  {resource.Type}{what}{(resource.Note is { } note ? $"{(what.Length == 0 ? "  # " : "; ")}{note}" : "")}"));
        if (resource.Refused is { } refused)
        {
            text.WriteLine(palette.Paint(Tone.Bad, $"      ! refused: {refused}"));
        }

        if (!brief && resource.Action != ResourceAction.Remove)
        {
            Properties(resource.Properties.AddRange(resource.Attributes), text, palette);
        }
    }

    private static void Section(string title, IReadOnlyCollection<PropertyChange> changes, bool show, TextWriter text, Palette palette)
    {
        if (changes.Count > 0 && show)
        {
            text.WriteLine(palette.Paint(Tone.Warning, $"  ~ ({title})"));
            Properties(changes, text, palette);
        }
    }

    private static void Properties(IReadOnlyCollection<PropertyChange> changes, TextWriter text, Palette palette)
    {
        var widest = Math.Min(WidestPath, changes.Select(change => change.Path.Text.Length).DefaultIfEmpty().Max());
        foreach (var change in changes)
        {
            var (sign, tone) = change switch
            {
                { Old: null } => ("+", Tone.Good),
                { New: null } => ("-", Tone.Bad),
                _ => ("~", Tone.Warning),
            };
            var remark = Remark(change);
            var head = $"      {sign} {change.Path.Text.PadRight(widest)}  ";
            var lines = Lines(change).ToArray();
            if (lines.Length == 1)
            {
                text.WriteLine(palette.Paint(tone, $"{head}{lines[0]}{remark}"));
                continue;
            }

            text.WriteLine(palette.Paint(tone, $"{head.TrimEnd()}{remark}"));
            foreach (var line in lines)
            {
                text.WriteLine(palette.Paint(tone, $"          {line}"));
            }
        }
    }

    private static IEnumerable<string> Lines(PropertyChange change)
    {
        if (change.Because is not null)
        {
            return [ValueText.Of(change.New)];
        }

        if (change.Old is null || change.New is null)
        {
            return ValueText.Lines(change.Old ?? change.New, Width);
        }

        var (old, @new) = (ValueText.Of(change.Old), ValueText.Of(change.New));
        return old == @new ? [$"{old} → {@new}, another value"]
            : old.Length + @new.Length <= Width ? [$"{old} → {@new}"]
            : [.. ValueText.Lines(change.Old, Width).Select(line => $"- {line}"), .. ValueText.Lines(change.New, Width).Select(line => $"+ {line}")];
    }

    private static string Remark(PropertyChange change) => (change.Consequence, change.Because) switch
    {
        (Consequence.Replaces, { } because) => $"  # takes the new name of {because}, which replaces",
        (_, { } because) => $"  # takes the new name of {because}",
        (Consequence.Replaces, _) => "  # replaces",
        (Consequence.MayReplace, _) => "  # may replace",
        (Consequence.Unknown, _) => "  # may replace: the type has no schema here",
        _ => "",
    };

    private static string Counts(IReadOnlyList<StackPlan> plans)
    {
        int Count(ResourceAction action) => plans.Sum(plan => plan.Count(action));
        var counts = $"{Count(ResourceAction.Add)} to add, {Count(ResourceAction.Change)} to change, {Count(ResourceAction.Replace)} to replace, {Count(ResourceAction.Remove)} to remove";
        return plans.All(plan => plan.Resources.IsEmpty) ? "outputs or tags to change" : counts;
    }
}
