namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>Asks the targets over real HTTP how they are, at the group's interval in twin time.</summary>
internal sealed class HealthChecker(TargetRegistry registry, TargetAddresses addresses, double speed) : IDisposable
{
    /// <summary>However compressed the clock is, an application answers in its own time.</summary>
    private static readonly TimeSpan LeastRealTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    /// <summary>Starts the checks that are due; does not wait for them.</summary>
    public void Tick(Configuration configuration)
    {
        foreach (var group in configuration.TargetGroups.Values.Where(group => configuration.LoadBalancersOf(group.Arn).Any()))
        {
            foreach (var target in registry.TakeDue(group))
                _ = CheckAsync(target, group.HealthCheck);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task CheckAsync(Target target, HealthCheck check)
    {
        var result = await AskAsync(target, check);
        registry.Note(target, checkedTarget =>
        {
            if (result is var (code, text))
                checkedTarget.Failed(check, code, text);
            else
                checkedTarget.Passed(check);
        });
    }

    private async Task<(string Code, string Text)?> AskAsync(Target target, HealthCheck check)
    {
        var real = check.Timeout / speed;
        using var timeout = new CancellationTokenSource(real > LeastRealTimeout ? real : LeastRealTimeout);
        if (addresses.Find(target.Id, check.Port ?? target.Port) is not { } endpoint)
            return ("Target.Timeout", "Request timed out");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{endpoint}{check.Path}");
            request.Headers.UserAgent.ParseAdd("ELB-HealthChecker/2.0");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            return check.IsHealthy((int)response.StatusCode)
                ? null
                : ("Target.ResponseCodeMismatch", $"Health checks failed with these codes: [{(int)response.StatusCode}]");
        }
        catch (OperationCanceledException)
        {
            return ("Target.Timeout", "Request timed out");
        }
        catch (HttpRequestException)
        {
            return ("Target.FailedHealthChecks", "Health checks failed");
        }
    }
}
