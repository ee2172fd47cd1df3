using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Local.Notifications;

/// <summary>Deployments in the sentences in which everything else tells them.</summary>
internal static class DeploymentNews
{
    public static Notification Started(OpenedEntry opened) => Of(
        opened, "started", opened.At, null,
        $"deployment {opened.Deployment} began: {opened.Candidate}{(opened.Stable is { } stable ? $" is to replace {stable}" : " is the first version")}, by {opened.Holder}.");

    /// <param name="failure">Why it ended without being able to say so in its journal; null for most.</param>
    /// <returns>Null for a rollout that was let go of, and goes on with the next host.</returns>
    public static Notification? Ended(OpenedEntry opened, RolloutState state, string? failure, DateTimeOffset at) =>
        failure is not null ? Of(opened, "failed", at, failure, $"deployment {opened.Deployment} failed: {Words.FirstLine(failure)}.")
        : state.IsFinal ? Of(opened, Verdicts.Name(state.Phase), at, state.Reason is { } reason ? Words.FirstLine(reason) : null, Verdicts.Sentence(opened, state))
        : null;

    /// <summary>It waits for somebody: they are told when it begins to.</summary>
    public static Notification Paused(OpenedEntry opened, RolloutState state, DateTimeOffset at) =>
        Of(opened, Verdicts.Name(state.Phase), at, state.Reason is { } reason ? Words.FirstLine(reason) : null, Verdicts.Sentence(opened, state));

    private static Notification Of(OpenedEntry opened, string happened, DateTimeOffset at, string? reason, string sentence) =>
        new($"{opened.Application}: {sentence}", happened, opened.Application, opened.Candidate, opened.Stable, opened.Deployment, at, reason, opened.RunUrl);
}
