namespace MlDeploy.Core.Analysis.Measuring;

/// <summary>
/// What the local target's gateway and supervisor know at one moment, cumulative since each arm's recorder was opened;
/// two readings subtract to an interval.
/// </summary>
/// <param name="Stable">Null on a first deployment.</param>
public sealed record TargetReading(DateTimeOffset At, ArmReading Candidate, ArmReading? Stable);

/// <param name="Requests">Answered or failed, since the recorder was opened.</param>
/// <param name="Failures">Of these: 5xx, timeouts, refused or broken connections. A client that hangs up is a request of the time it waited, and no failure.</param>
/// <param name="Users">Only under stickiness.</param>
public sealed record ArmReading(long Requests, long Failures, LatencyHistogram Latency, UserReading? Users, ProcessReading Process);

/// <summary>
/// Users (hashed keys) since the current step began; restarts at each step. A user counts once:
/// as failing once any of their requests failed, and with the latency of their first request of the step.
/// </summary>
public sealed record UserReading(long Users, long FailingUsers, LatencyHistogram FirstRequests);

/// <param name="Cpu">CPU time used by the version's processes, cumulative over restarts.</param>
/// <param name="Memory">Resident bytes now; null when nothing runs or it could not be read.</param>
/// <param name="Restarts">Times the process ended by itself and was started again.</param>
/// <param name="Instances">Instances that should run.</param>
/// <param name="Healthy">Instances that pass their health check.</param>
/// <param name="StartedAt">Start of the oldest instance that runs now.</param>
public sealed record ProcessReading(TimeSpan Cpu, long? Memory, int Restarts, int Instances, int Healthy, DateTimeOffset StartedAt);
