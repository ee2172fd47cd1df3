using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Clock;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Faults;

/// <summary>Decides for each call whether, and how, it goes wrong.</summary>
internal sealed class FaultInjector(TwinClock clock, TimeProvider real)
{
    private readonly Lock gate = new();
    private FaultSettings settings = new();
    private Random random = new(1);
    private DateTimeOffset unreachableUntil;
    private Dictionary<ActionFailure, int> failed = [];

    public FaultSettings Settings
    {
        get
        {
            lock (gate)
            {
                return settings;
            }
        }
    }

    /// <param name="service">Its signing name.</param>
    public bool IsUnreachable(string service)
    {
        lock (gate)
        {
            return real.GetUtcNow() < unreachableUntil && (settings.UnreachableServices.IsDefaultOrEmpty || settings.UnreachableServices.Contains(service));
        }
    }

    public void Set(FaultSettings next)
    {
        lock (gate)
        {
            settings = next;
            random = new Random(next.Seed);
            unreachableUntil = real.GetUtcNow().AddSeconds(next.UnreachableSeconds);
            failed = [];
        }
    }

    /// <summary>Waits, or throws, or does nothing.</summary>
    /// <exception cref="AwsError"/>
    public async Task ApplyAsync(TwinRequest request, CancellationToken cancel)
    {
        var now = Settings;
        var action = Denials.IamAction(request);
        if (Matches(now.Deny, action) || now.AllowOnly.Length > 0 && !Matches(now.AllowOnly, action))
        {
            throw Denials.Error(request, action);
        }

        if (Failure(now, action, request.Caller) is { } failure)
        {
            throw new AwsError(failure.Code, failure.Message, failure.Status);
        }

        // AWS retries its own calls between services; only a client sees these.
        if (request.Caller != "client")
        {
            return;
        }

        if (now.SlowSeconds > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(now.SlowSeconds), clock, cancel);
        }

        var draw = Draw(now);
        if (draw < now.Throttle)
        {
            throw Throttling.Error(request);
        }

        if (draw < now.Throttle + now.ServerError)
        {
            throw request.Service == "s3"
                ? new AwsError("InternalError", "We encountered an internal error. Please try again.", 500)
                : new AwsError("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", 500);
        }
    }

    private double Draw(FaultSettings now)
    {
        if (now.Throttle <= 0 && now.ServerError <= 0)
        {
            return 1;
        }

        lock (gate)
        {
            return random.NextDouble();
        }
    }

    private ActionFailure? Failure(FaultSettings now, string action, string caller)
    {
        foreach (var failure in now.Fail)
        {
            if (!Matches([failure.Action], action) || (failure.ClientsOnly && caller != "client"))
            {
                continue;
            }

            lock (gate)
            {
                var so = failed.GetValueOrDefault(failure);
                if (failure.Times is { } times && so >= times)
                {
                    continue;
                }

                failed[failure] = so + 1;
                return failure;
            }
        }

        return null;
    }

    private static bool Matches(ImmutableArray<string> patterns, string action) => patterns.Any(pattern =>
        Regex.IsMatch(action, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase));
}
