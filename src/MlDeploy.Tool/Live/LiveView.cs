using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Live;

/// <summary>Shows a deployment as it goes: lines everywhere; on a terminal with a block below them that is redrawn at each look.</summary>
internal sealed class LiveView : IDisposable
{
    private readonly CommandContext context;
    private readonly ProgressTeller teller;
    private readonly LiveBlock? block;
    private RolloutPlan? plan;
    private RolloutState? state;

    private LiveView(CommandContext context, ProgressTeller teller, LiveBlock? block)
    {
        this.context = context;
        this.teller = teller;
        this.block = block;
    }

    public static LiveView For(CommandContext context, ProgressTeller teller) =>
        new(context, teller, context.Live ? new LiveBlock(context.Surroundings.Messages) : null);

    public void Show(JournalEntry entry)
    {
        var lines = teller.Tell(entry).ToArray();
        if (lines.Length > 0)
        {
            block?.Erase();
            foreach (var line in lines)
            {
                context.Progress.State(line, ToneOf(entry), entry.At);
            }
        }

        plan = (entry as OpenedEntry)?.Plan ?? plan;
        state = (entry as TransitionEntry)?.State ?? state;
        if (entry is LookEntry { Judgments: { } judgments } look && plan is not null && state is not null)
        {
            block?.Draw(Block(look, judgments));
        }
    }

    public void Dispose() => block?.Erase();

    private static Tone ToneOf(JournalEntry entry) => entry is not TransitionEntry transition ? Tone.Plain : transition.State.Phase switch
    {
        Phase.Promoted => Tone.Good,
        Phase.RollingBack or Phase.RolledBack or Phase.Unsafe => Tone.Bad,
        Phase.Paused or Phase.Refused => Tone.Warning,
        _ => Tone.Plain,
    };

    private IEnumerable<string> Block(LookEntry look, IReadOnlyList<Judgment> judgments)
    {
        const int Width = 40;
        var weight = state!.Weight;
        var filled = (int)Math.Round(weight * Width);
        var step = plan!.Steps[look.Step];
        yield return $"{context.MessagePalette.Paint(Tone.Strong, new string('█', filled))}{new string('░', Width - filled)} {Words.Percent(weight)}"
            + $"  {step.Name}, {Words.Of(look.Elapsed)} of {Words.Of(step.For)}";
        using var text = new StringWriter { NewLine = "\n" };
        var table = new Table("gate", "", ">candidate", ">stable", ">n", "limit");
        foreach (var judgment in judgments)
        {
            var row = JudgmentText.From(judgment);
            table.Add(judgment.Gate, new Cell(StepDecision.Name(judgment.Kind), ToneOf(judgment.Kind)), row.Value, row.Stable, $"{judgment.N}", judgment.Limit);
        }

        table.Write(text, context.MessagePalette);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            yield return line;
        }
    }

    private static Tone ToneOf(JudgmentKind kind) => kind switch
    {
        JudgmentKind.Pass => Tone.Good,
        JudgmentKind.Fail => Tone.Bad,
        JudgmentKind.Inconclusive => Tone.Warning,
        _ => Tone.Quiet,
    };
}

/// <summary>Lines at the bottom of a terminal that are replaced in place.</summary>
internal sealed class LiveBlock(TextWriter terminal)
{
    private int drawn;

    public void Draw(IEnumerable<string> lines)
    {
        Erase();
        foreach (var line in lines)
        {
            // Long lines must not wrap: the block would be taller than what is erased.
            terminal.Write($"\e[?7l{line}\e[?7h\n");
            drawn++;
        }
    }

    public void Erase()
    {
        if (drawn > 0)
        {
            terminal.Write($"\e[{drawn}A\e[J");
            drawn = 0;
        }
    }
}
