namespace MlDeploy.Core.Analysis.Measuring;

/// <summary>What one arm did between two readings of the same recorder.</summary>
/// <param name="Units">Requests and failures; under stickiness new users and newly failing ones.</param>
/// <param name="Latency">Of the interval's units.</param>
/// <param name="Cpu">CPU time used; null when the counter went back.</param>
internal sealed record ArmInterval(ArmCount Units, LatencyHistogram Latency, long Requests, TimeSpan? Cpu)
{
    /// <summary>Null when the recorder began anew in between (the host was restarted): what it lost cannot be known, and a negative count is none.</summary>
    public static ArmInterval? Between(ArmReading earlier, ArmReading later, bool userUnits)
    {
        if (later.Requests < earlier.Requests || later.Failures < earlier.Failures)
        {
            return null;
        }

        TimeSpan? cpu = later.Process.Cpu < earlier.Process.Cpu ? null : later.Process.Cpu - earlier.Process.Cpu;
        var (first, second) = userUnits ? (Users(earlier).FirstRequests, Users(later).FirstRequests) : (earlier.Latency, later.Latency);
        var units = userUnits
            ? new ArmCount(Users(later).Users - Users(earlier).Users, Users(later).FailingUsers - Users(earlier).FailingUsers)
            : new ArmCount(later.Requests - earlier.Requests, later.Failures - earlier.Failures);
        return units.Units < 0 || units.Events < 0 || !second.Continues(first)
            ? null
            : new ArmInterval(units, second - first, later.Requests - earlier.Requests, cpu);
    }

    private static UserReading Users(ArmReading arm) => arm.Users ?? ServiceMeter.NoUsers;
}
