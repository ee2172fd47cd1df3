using System.Collections.Immutable;
using MlDeploy.Local.Hosting;

namespace MlDeploy.Local.Capture.Logs;

/// <summary>
/// Reads what versions log of their predictions, all of one application's on one thread of low priority, four times a second. A slow disk or a broken file holds
/// up nothing but this; a backlog is read later, since it lies on disk.
/// </summary>
internal sealed class LogFollower : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly List<FollowedArm> arms = [];
    private readonly ManualResetEvent stopping = new(false);
    private readonly HostLog log;
    private readonly Thread thread;
    private bool told;

    public LogFollower(HostLog log)
    {
        this.log = log;
        thread = new Thread(Run) { IsBackground = true, Name = "prediction log", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    public void Follow(FollowedArm arm)
    {
        lock (gate)
        {
            arms.Add(arm);
        }
    }

    /// <summary>What is there by now of a version's log.</summary>
    public void ReadRest(ArmCapture arm) => Between(arm, followed =>
    {
        if (followed is not null)
        {
            Look(followed);
        }
    });

    public void Forget(ArmCapture arm)
    {
        lock (gate)
        {
            arms.RemoveAll(one => one.Arm == arm);
        }
    }

    /// <summary>Does something with an arm while none of its lines is counted: what is saved of its counts and of its place then belong together.</summary>
    public void Between(ArmCapture arm, Action<FollowedArm?> work)
    {
        lock (gate)
        {
            work(arms.Find(one => one.Arm == arm));
        }
    }

    public void Dispose()
    {
        stopping.Set();
        if (thread.Join(TimeSpan.FromSeconds(2)))
        {
            stopping.Dispose();
        }
    }

    private void Run()
    {
        var more = false;
        while (!stopping.WaitOne(more ? TimeSpan.Zero : LookEvery))
        {
            ImmutableArray<FollowedArm> now;
            lock (gate)
            {
                now = [.. arms];
            }

            more = false;
            foreach (var arm in now)
            {
                lock (gate)
                {
                    more |= arms.Contains(arm) && Look(arm);
                }
            }
        }
    }

    private bool Look(FollowedArm arm)
    {
        try
        {
            return arm.Look(() => stopping.WaitOne(TimeSpan.Zero));
        }
        catch (Exception failure)
        {
            // Whatever a line did to the reader: following goes on, and never ends the host.
            if (!told)
            {
                told = true;
                log.Write($"a line of {arm.Arm.Version}'s predictions could not be read: {failure}");
            }

            return false;
        }
    }
}
