namespace MlDeploy.Core.Analysis.Measuring;

/// <summary>One interval as the meter sees it.</summary>
/// <param name="Candidate">Null after a reset of its recorder.</param>
/// <param name="Stable">Null after a reset of its recorder, or without a stable arm.</param>
/// <param name="Counted">The interval lies wholly after the warm-up: latency and CPU count.</param>
internal sealed record MeteredLook(TargetReading Now, TimeSpan Length, ArmInterval? Candidate, ArmInterval? Stable, bool Counted)
{
    /// <summary>Some arm's counts are not those of this interval.</summary>
    public bool IsGap => Candidate is null || (Now.Stable is not null && Stable is null);

    /// <summary>Null without a limit or without the arm; no units during warm-up.</summary>
    public ArmCount? SlowerThan(TimeSpan? limit, ArmInterval? arm) =>
        limit is null || arm is null ? null
        : Counted ? new ArmCount(arm.Latency.Total, arm.Latency.CountSlowerThan(limit.Value))
        : default(ArmCount);
}
