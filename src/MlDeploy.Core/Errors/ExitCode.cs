namespace MlDeploy.Core.Errors;

/// <summary>What a pipeline learns from the process's exit code. The values are the contract; <see cref="ExitCodes"/> describes them.</summary>
public enum ExitCode
{
    Done = 0,
    Bug = 1,
    ChangesPlanned = 2,
    Usage = 3,
    GateFailed = 4,
    Unsafe = 5,
    Inconclusive = 6,
    TargetFailed = 7,
    LeaseHeld = 8,
    DeadlinePassed = 9,
    DriftBeyondLimit = 10,
    Interrupted = 130,
    Terminated = 143,
}

/// <summary>The one description of every exit code: help, docs/exit-codes.md and the specifications read it.</summary>
public static class ExitCodes
{
    public static IReadOnlyList<(ExitCode Code, string Meaning)> All { get; } =
    [
        (ExitCode.Done, "done, promoted, or nothing to do"),
        (ExitCode.Bug, "a bug in mldeploy (only here a stack trace is shown)"),
        (ExitCode.ChangesPlanned, "plan --detailed-exitcode: there are changes"),
        (ExitCode.Usage, "usage or manifest error; nothing was touched"),
        (ExitCode.GateFailed, "a gate or a test failed: rolled back, stable verified serving 100 %"),
        (ExitCode.Unsafe, "unsafe: the rollback itself could not be verified; the message says what serves what, and what to do"),
        (ExitCode.Inconclusive, "inconclusive: rolled back or paused, as onInconclusive says"),
        (ExitCode.TargetFailed, "the target failed (cloud error, credentials, application never healthy); after a deployment, stable is verified serving"),
        (ExitCode.LeaseHeld, "another deployment of this application holds the lease"),
        (ExitCode.DeadlinePassed, "deadline passed; rolled back"),
        (ExitCode.DriftBeyondLimit, "drift: beyond the limit"),
        (ExitCode.Interrupted, "interrupted by SIGINT, after doing what onInterrupt says"),
        (ExitCode.Terminated, "interrupted by SIGTERM, after doing what onInterrupt says"),
    ];
}
