using System.Globalization;
using MlDeploy.Aws.Deploying.Watching;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>The deployments of `status --target aws`, for readers.</summary>
internal static class DeploymentText
{
    public static void Write(AwsStatus status, TextWriter text, Palette palette, TimeProvider clock)
    {
        if (status.Deployment is { } deployment)
        {
            UnderWay(deployment, text, palette, clock);
        }

        if (status.LastDeployment is { } last)
        {
            var when = last.EndedAt is { } ended ? $" {Words.Of(Age(ended, clock))} ago" : "";
            text.WriteLine($"{(status.Deployment is null ? "last deployment" : "before it,")} {last.Deployment}: {last.Candidate} {last.Outcome}{when}{(last.Reason is { } reason ? $": {Words.FirstLine(reason)}" : "")}");
        }
    }

    private static void UnderWay(DeploymentStatus deployment, TextWriter text, Palette palette, TimeProvider clock)
    {
        var step = deployment.Step is { } at ? $", {at}" : "";
        var begun = deployment.StartedAt is { } since ? $", begun {Words.Of(Age(since, clock))} ago" : "";
        text.WriteLine(palette.Paint(Tone.Strong, deployment.Undoes is { } undone
            ? $"deployment {deployment.Deployment} brings {deployment.Candidate} back after {undone}: {deployment.Phase} ({deployment.Status})"
            : $"deployment {deployment.Deployment}: {deployment.Candidate}{(deployment.Stable is { } stable ? $" in place of {stable}" : "")} is {deployment.Phase} ({deployment.Status}){step}"));
        text.WriteLine(
            $"  {(deployment.Strategy is { } strategy ? $"{strategy}; " : "")}{Words.Percent(deployment.Weight)} of production traffic{begun}"
            + $"{(deployment.Holder is { } holder ? $" by {holder}" : "")}{(deployment.RunUrl is { } url ? $" ({url})" : "")}");
        if (deployment.Reason is { } reason)
        {
            text.WriteLine($"  {Words.FirstLine(reason)}");
        }

        text.WriteLine($"  {deployment.Console}");
        if (deployment.Undoes is null)
        {
            Judging(deployment, text, palette, clock);
        }
    }

    private static void Judging(DeploymentStatus deployment, TextWriter text, Palette palette, TimeProvider clock)
    {
        if (!deployment.Judged)
        {
            text.WriteLine(palette.Paint(Tone.Warning, deployment.LastHeartbeatSeconds is { } age
                ? $"  nobody judges it: its last heartbeat is {Words.Of(TimeSpan.FromSeconds(Math.Round(age)))} old. CodeDeploy rolls it back by its alarm; `mldeploy deploy` of the same version goes on with it, `mldeploy abort` ends it"
                : "  nobody judges it: no heartbeat of mldeploy arrives"));
        }

        if (deployment.Gates.IsEmpty)
        {
            return;
        }

        var table = new Table("gate", "judgment", ">value", "interval", ">stable", "limit", ">n", "remark");
        foreach (var judgment in deployment.Gates)
        {
            var shown = JudgmentText.From(judgment);
            table.Add(
                judgment.Gate,
                new Cell(StepDecision.Name(judgment.Kind), judgment.Kind switch
                {
                    JudgmentKind.Pass => Tone.Good,
                    JudgmentKind.NotApplicable => Tone.Quiet,
                    JudgmentKind.Inconclusive => Tone.Warning,
                    _ => Tone.Bad,
                }),
                shown.Value, shown.Interval, shown.Stable, judgment.Limit, judgment.N > 0 ? judgment.N.ToString(CultureInfo.InvariantCulture) : null, shown.Remark);
        }

        text.WriteLine($"  judged{(deployment.GatesAt is { } judged ? $" {Words.Of(Age(judged, clock))} ago" : "")}:");
        table.Write(text, palette);
    }

    private static TimeSpan Age(DateTimeOffset since, TimeProvider clock) => clock.GetUtcNow() - since is { Ticks: > 0 } age ? TimeSpan.FromSeconds(Math.Round(age.TotalSeconds)) : TimeSpan.Zero;
}
