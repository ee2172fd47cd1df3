using System.Globalization;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>Customers with the held-out orders of samples/fraud-scoring, until it is disposed of.</summary>
internal sealed class SampleCustomers : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly Task sending;

    public SampleCustomers(HttpClient http, Uri url, int rate) => sending = Task.Run(() => SendAsync(http, url, rate));

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await sending;
        end.Dispose();
    }

    private async Task SendAsync(HttpClient http, Uri url, int rate)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(SampleProgram.Sources, "data", "orders.csv"));
        var names = lines[0].Split(',');
        using var due = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
        for (var at = 0; !end.IsCancellationRequested; at++)
        {
            _ = PostAsync(http, url, Order(names, lines[1 + (at % (lines.Length - 1))]));
            try
            {
                await due.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task PostAsync(HttpClient http, Uri url, string order)
    {
        try
        {
            using var body = new StringContent(order, null, "application/json");
            using var reply = await http.PostAsync(url, body);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            // What is lost is the business of other tests.
        }
    }

    private static string Order(string[] names, string line) => $"{{{string.Join(',', names.Zip(line.Split(','), (name, cell) => cell.Length == 0 || name == "fraud" ? null
        : double.TryParse(cell, CultureInfo.InvariantCulture, out _) || bool.TryParse(cell, out _) ? $"\"{name}\":{cell}" : $"\"{name}\":\"{cell}\"").OfType<string>())}}}";
}
