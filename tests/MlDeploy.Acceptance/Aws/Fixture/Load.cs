namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>Customers who ask again as soon as they are answered, until it is disposed of.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Customers = 4;
    private readonly CancellationTokenSource end = new();
    private readonly Task[] asking;
    private bool ended;

    private Load(TwinAccount account, Uri url) => asking = [.. Enumerable.Range(0, Customers).Select(_ => Task.Run(() => AskAsync(account.Http, url)))];

    public static Load On(TwinAccount account, Uri url) => new(account, url);

    /// <summary>Safe to repeat.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ended)
        {
            return;
        }

        ended = true;
        await end.CancelAsync();
        await Task.WhenAll(asking);
        end.Dispose();
    }

    private async Task AskAsync(HttpClient http, Uri url)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.Add("Accept-Encoding", "gzip");
                using var reply = await http.SendAsync(request, end.Token);
                reply.EnsureSuccessStatusCode();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
