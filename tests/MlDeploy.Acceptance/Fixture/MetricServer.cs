using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>Stands in for Prometheus (`/api/v1/query`) and for a service of the user's that tells a number (`/stats`).</summary>
internal sealed class MetricServer : IAsyncDisposable
{
    private readonly WebApplication web;
    private double? value;
    private int asked;

    private MetricServer(WebApplication web, Uri url, double? value) => (this.web, Url, this.value) = (web, url, value);

    public Uri Url { get; }

    /// <summary>Null: the query gives no series, and the number is not in the document.</summary>
    public double? Value
    {
        get => value;
        set => this.value = value;
    }

    public int Asked => Volatile.Read(ref asked);

    public static async Task<MetricServer> StartAsync(double? value)
    {
        var url = new Uri($"http://127.0.0.1:{TestState.FreePort()}");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url.ToString());
        var web = builder.Build();
        var server = new MetricServer(web, url, value);
        web.Run(server.AnswerAsync);
        await web.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref asked);
        var number = value?.ToString(CultureInfo.InvariantCulture);
        var series = number is null ? "" : $$"""{"metric":{},"value":[1700000000,"{{number}}"]}""";
        return context.Response.WriteAsync(context.Request.Path == "/stats"
            ? number is null ? "{}" : $$"""{"queue":{"length":{{number}} } }"""
            : $$"""{"status":"success","data":{"resultType":"vector","result":[{{series}}] } }""");
    }
}
