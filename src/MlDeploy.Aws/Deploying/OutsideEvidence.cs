using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.External;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Probing;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>Tests against the candidate alone, through the test listener, and metrics that others measure.</summary>
/// <param name="environment">What commands see.</param>
public sealed class OutsideEvidence(
    HttpClient http, ICommandRunner commands, string workingDirectory, ImmutableSortedDictionary<string, string> environment, AppManifest manifest, string candidate, string testUrl, TimeProvider clock)
    : IAsyncDisposable
{
    private static readonly TimeSpan ReachWithin = TimeSpan.FromSeconds(15);

    private readonly ImmutableSortedDictionary<string, string> environment =
        environment.SetItem("MLDEPLOY_CANDIDATE_URL", testUrl.TrimEnd('/')).SetItem("MLDEPLOY_CANDIDATE_VERSION", candidate);

    private ExternalMeter? external;

    public Task<IReadOnlyList<MissingMeasurement>> CheckAsync(CancellationToken cancel) => Meter().CheckAsync(cancel);

    /// <returns>Null when it passes, else why not.</returns>
    /// <exception cref="ExpectedException">The test listener cannot be reached from here: that says nothing of the candidate.</exception>
    public async Task<string?> TestAsync(PreTrafficTest test, CancellationToken cancel)
    {
        await ReachAsync(cancel);
        if (test.Http is not null)
        {
            return await HttpTester.RunAsync(http, new Uri(testUrl), test, cancel);
        }

        var result = await commands.RunAsync(new CommandRequest(test.Command, workingDirectory, environment, test.Timeout), cancel);
        return result switch
        {
            { TimedOut: true } => $"{test.Command[0]} did not end within {Words.Of(test.Timeout)}",
            { ExitCode: 0 } => null,
            { ExitCode: null } => result.Error,
            _ => $"{test.Command[0]} ended with {result.ExitCode}: {LastLine(result.Error.Length > 0 ? result.Error : result.Output)}",
        };
    }

    /// <summary>A step begins: what was read before does not count.</summary>
    public void Begin() => Meter().Begin();

    public IReadOnlyCollection<Measurement> Take() => Meter().Take();

    public async ValueTask DisposeAsync()
    {
        if (external is not null)
        {
            await external.DisposeAsync();
        }
    }

    private ExternalMeter Meter() => external ??= new ExternalMeter(manifest.Rollout.Gates, new ExternalSources(http, commands, workingDirectory, environment), clock);

    private async Task ReachAsync(CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ReachWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var reply = await http.GetAsync(new Uri(new Uri(testUrl), manifest.Application.Health.Path), HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the test listener {testUrl} cannot be reached from here ({(failure is OperationCanceledException ? $"no answer within {Words.Of(ReachWithin)}" : Words.FirstLine(failure.Message))}), so that nothing could be tested",
                "add this machine's address range to targets.aws.testListener.allow and run `mldeploy provision --target aws`, or deploy from inside the network",
                failure);
        }
    }

    private static string LastLine(string output) => Words.FirstLine(output.TrimEnd().Split('\n')[^1]);
}
