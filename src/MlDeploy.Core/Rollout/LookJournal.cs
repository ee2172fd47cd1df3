using System.Collections.Immutable;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Rollout;

/// <summary>Which looks carry their judgments into the journal: the first, every fifth, and each in which a gate changes its mind.</summary>
internal sealed class LookJournal
{
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromSeconds(10);
    private ImmutableArray<JudgmentKind> lastKinds = [];
    private TimeSpan lastTold = TimeSpan.MinValue;

    public bool WorthTelling(TimeSpan elapsed, ImmutableArray<Judgment> judgments)
    {
        ImmutableArray<JudgmentKind> kinds = [.. judgments.Select(judgment => judgment.Kind)];
        if (lastTold != TimeSpan.MinValue && elapsed - lastTold < AtLeastEvery && kinds.SequenceEqual(lastKinds))
        {
            return false;
        }

        lastKinds = kinds;
        lastTold = elapsed;
        return true;
    }
}
