namespace MlDeploy.Specs.Aws.Twin.CodeDeploy;

/// <summary>A stream of requests to a service until disposed of, and what became of them.</summary>
internal sealed class Requests : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly Task sending;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> answers = [];

    public Requests(HttpClient http, Uri address)
    {
        sending = Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
            {
                string answer;
                try
                {
                    using var reply = await http.GetAsync(new Uri(address, "/predict"));
                    answer = reply.IsSuccessStatusCode ? reply.Headers.GetValues("x-testapp-version").Single() : $"HTTP {(int)reply.StatusCode}";
                }
                catch (HttpRequestException error)
                {
                    answer = error.Message;
                }

                lock (gate)
                {
                    answers[answer] = answers.GetValueOrDefault(answer) + 1;
                }
            }
        });
    }

    /// <summary>Ends it.</summary>
    /// <returns>How often each version answered.</returns>
    public async Task<IReadOnlyDictionary<string, int>> EndAsync()
    {
        await ending.CancelAsync();
        await sending;
        Assert.DoesNotContain(answers.Keys, answer => answer is not ("v1" or "v2"));
        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await sending;
        ending.Dispose();
    }
}
