using System.Runtime.CompilerServices;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Local.Deployments;

/// <summary>Reads a journal's lines as they are written.</summary>
internal static class JournalFollower
{
    /// <summary>Entries after a sequence number; ends when all is read and the deployment no longer runs.</summary>
    /// <param name="running">The deployment while it runs; null otherwise.</param>
    public static async IAsyncEnumerable<JournalEntry> FollowAsync(
        string journal, long after, Func<LocalDeployment?> running, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var file = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var tail = new JournalTail(file, journal);
        while (true)
        {
            // Taken before reading: an entry written meanwhile wakes us at once.
            var deployment = running();
            var wrote = deployment?.Wrote;
            foreach (var entry in tail.ReadNew().Where(entry => entry.Seq > after))
            {
                yield return entry;
            }

            if (deployment is null || wrote is null)
            {
                yield break;
            }

            await Task.WhenAny(wrote, deployment.Ended).WaitAsync(cancel);
        }
    }
}
