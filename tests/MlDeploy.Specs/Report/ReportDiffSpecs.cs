using MlDeploy.Core.Report;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Report;

public sealed class ReportDiffSpecs
{
    [Fact]
    public async Task Two_deployments_beside_one_another()
    {
        using var good = new ScriptedRollout();
        await good.RunAsync();
        using var bad = new ScriptedRollout(ScriptedRollout.Canary.Replace("max: 5%", "max: 4%", StringComparison.Ordinal))
        {
            Measure = (step, look) => step == 1 && look == 2 ? ScriptedRollout.Counts(200, 100, 200, 1) : ScriptedRollout.Good(),
        };
        await bad.RunAsync();

        var diff = ReportDiff.Of(ReportBuilder.From(good.Entries())!, ReportBuilder.From(bad.Entries())!);

        Assert.Equal(("promoted", "rolled back"), (diff.Before.Outcome, diff.After.Outcome));
        Assert.Equal(TimeSpan.FromSeconds(30), diff.Before.Took);
        var change = Assert.Single(diff.Manifest);
        Assert.Equal(("rollout.gates[0].max", "\"5%\"", "\"4%\""), (change.Path, change.Old, change.New));
        var half = diff.Gates.Single(gate => gate is { Gate: "http.errors", Weight: 0.5 });
        Assert.Equal((0.0, 0.25), (half.Before!.Value, half.After!.Value));
        Assert.Null(half.Ratio);
        Assert.Null(diff.Gates.Single(gate => gate is { Gate: "http.errors", Weight: 1 }).After);
        Assert.Contains(diff.Phases, phase => phase is { Phase: "judging at 50 %", Before.TotalSeconds: 10, After.TotalSeconds: 4 });
        Assert.Contains(diff.Phases, phase => phase is { Phase: "baking", After: null });
    }
}
