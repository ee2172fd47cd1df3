using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Analysis.Rehearsal;

internal enum RehearsedEnd
{
    Promoted,
    Caught,
    Inconclusive,
}

/// <param name="FailedAt">Since the first step began, had this gate been alone; null when it never did.</param>
/// <param name="Units">Requests at the candidate until then.</param>
/// <param name="Bad">Bad answers of the candidate until the rollout ended.</param>
internal sealed record RehearsedGate(TimeSpan? FailedAt, long Units, long Bad);

/// <param name="Step">The step in which it ended.</param>
/// <param name="At">Since the first step began.</param>
/// <param name="Units">Requests at the candidate until then.</param>
internal sealed record RehearsedRun(RehearsedEnd End, int Step, TimeSpan At, long Units, ImmutableArray<RehearsedGate> Gates);

/// <summary>One rollout of the manifest under imagined traffic: the real judge, the real decision on each step, time that only counts.</summary>
internal sealed class RehearsedRollout
{
    private readonly RehearsalSetting setting;
    private readonly Random random;
    private readonly Judge judge;
    private readonly ImmutableArray<GateTraffic> gates;
    private readonly HashSet<string> ids;
    private readonly RehearsedGate?[] failed;
    private TimeSpan elapsed;
    private long units;
    private RehearsedRun? ended;

    private RehearsedRollout(RehearsalSetting setting, ImaginedTraffic traffic, Random random)
    {
        (this.setting, this.random) = (setting, random);
        judge = new Judge(setting.Judging) { Explains = false };
        gates = [.. setting.Judging.Gates.Select(gate => GateTraffic.For(gate, traffic)).OfType<GateTraffic>()];
        ids = gates.Select(gate => gate.Gate.Id).ToHashSet(StringComparer.Ordinal);
        failed = new RehearsedGate?[gates.Length];
    }

    public static RehearsedRun Run(RehearsalSetting setting, ImaginedTraffic traffic, int seed) => new RehearsedRollout(setting, traffic, new Random(seed)).Run();

    private RehearsedRun Run()
    {
        foreach (var step in setting.Plan.Steps)
        {
            judge.BeginStep(step.Index, step.Comparable);
            foreach (var gate in gates)
            {
                gate.BeginStep();
            }

            Hold(step);
            if (ended is not null && NothingLeftToLearn)
            {
                break;
            }
        }

        return (ended ?? End(RehearsedEnd.Promoted, setting.Plan.Steps.Length - 1)) with
        {
            Gates = [.. gates.Select((gate, at) => (failed[at] ?? new RehearsedGate(null, units, 0)) with { Bad = ended?.Gates[at].Bad ?? gate.Bad })],
        };
    }

    /// <summary>After the verdict the steps go on until every gate that could fail has: how long each needs does not depend on which is first.</summary>
    private bool NothingLeftToLearn => ended!.End == RehearsedEnd.Inconclusive || Enumerable.Range(0, gates.Length).All(at => failed[at] is not null || gates[at].Excess <= 0);

    private void Hold(PlannedStep step)
    {
        var (held, every) = (TimeSpan.Zero, setting.LookEvery(step));
        while (true)
        {
            var length = RehearsalSetting.UntilNextLook(step, every, held);
            (held, elapsed) = (held + length, elapsed + length);
            var judgments = Look(step, length);
            if (ended is not null)
            {
                if (held >= step.For || NothingLeftToLearn)
                {
                    return;
                }

                continue;
            }

            switch (StepDecision.Decide(setting.Plan, step, held, judgments))
            {
                case null:
                    break;
                case GateFailed:
                    ended = End(RehearsedEnd.Caught, step.Index);
                    break;
                case StepInconclusive inconclusive when setting.Plan.OnInconclusive != OnInconclusive.Promote || inconclusive is not { Measured: true, EnoughUnits: true }:
                    ended = End(RehearsedEnd.Inconclusive, step.Index);
                    return;
                default:
                    return;
            }

            if (ended is not null && NothingLeftToLearn)
            {
                return;
            }
        }
    }

    private ImmutableArray<Judgment> Look(PlannedStep step, TimeSpan length)
    {
        var requests = random.Poisson(setting.Rate * length.TotalSeconds);
        var atCandidate = step.Weight >= 1 ? requests : random.Binomial(requests, step.Weight);
        var look = new LookTraffic(atCandidate, step.Comparable ? requests - atCandidate : null, Warm: elapsed - length >= setting.Warmup);
        units += atCandidate;
        ImmutableArray<Judgment> judgments = [.. judge.Look([.. gates.Select(gate => gate.Draw(look, judge, random)).OfType<Measurement>()]).Where(judgment => ids.Contains(judgment.Gate))];
        for (var at = 0; at < gates.Length; at++)
        {
            if (failed[at] is null && judgments[at] is { Kind: JudgmentKind.Fail, StableFailsToo: false })
            {
                failed[at] = new RehearsedGate(elapsed, units, 0);
            }
        }

        return judgments;
    }

    private RehearsedRun End(RehearsedEnd end, int step) => new(end, step, elapsed, units, [.. gates.Select(gate => new RehearsedGate(null, 0, gate.Bad))]);
}
