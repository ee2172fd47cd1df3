using Polly;
using Polly.Retry;

namespace MlDeploy.Aws.Clients.Calling;

/// <summary>What one call is about, for those who decide whether to make it again.</summary>
internal sealed record CallContext(bool Repeatable, long StartedAt)
{
    public int Attempts { get; set; }

    /// <summary>Why it is made again; null before that.</summary>
    public AwsServiceException? Trouble { get; set; }
}

/// <summary>
/// Again with growing, random waits: what was throttled, what broke in passing, what did not connect (fewer times).
/// A request that must not be carried out twice is repeated only where nothing was done the first time.
/// </summary>
internal static class CallRetries
{
    private static readonly ResiliencePropertyKey<CallContext> Call = new("call");

    public static ResiliencePipeline Build(AwsSessionOptions options, CallCounts counts)
    {
        var retries = options.Retries;
        var network = options.Network ?? options.Time;
        if (retries.Attempts <= 1)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = options.Time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = retries.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = retries.FirstDelay,
                MaxDelay = retries.LongestDelay,
                Randomizer = options.Random.NextDouble,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is AwsServiceException failure
                    && Again(failure, Of(arguments.Context), arguments.AttemptNumber, retries)
                    && network.GetElapsedTime(Of(arguments.Context).StartedAt) + (failure.RetryAfter ?? TimeSpan.Zero) < retries.Budget),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as AwsServiceException)?.RetryAfter),
                OnRetry = arguments =>
                {
                    counts.CountRetry();
                    Of(arguments.Context).Trouble = arguments.Outcome.Exception as AwsServiceException;
                    return default;
                },
            })
            .Build();
    }

    public static async Task<T> RunAsync<T>(ResiliencePipeline pipeline, CallContext call, Func<CancellationToken, Task<T>> attempt, CancellationToken stop)
    {
        var context = ResilienceContextPool.Shared.Get(stop);
        context.Properties.Set(Call, call);
        try
        {
            return await pipeline.ExecuteAsync(async within => await attempt(within.CancellationToken), context);
        }
        catch (OperationCanceledException given) when (call.Trouble is { } trouble)
        {
            // Whoever gave it up for being slow can say what it was slow with.
            throw new OperationCanceledException(given.Message, trouble, stop);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static CallContext Of(ResilienceContext context) => context.Properties.GetValue(Call, new CallContext(Repeatable: false, 0));

    private static bool Again(AwsServiceException failure, CallContext call, int retriesDone, RetryOptions options) => failure.Kind switch
    {
        AwsFailureKind.Throttled => true,
        AwsFailureKind.Transient => call.Repeatable,
        AwsFailureKind.Unreachable => retriesDone < options.ConnectAttempts - 1,
        _ => false,
    };
}
