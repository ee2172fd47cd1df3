using System.Globalization;
using System.Net;
using System.Text.Json;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.Local.State;

namespace MlDeploy.Acceptance;

public sealed class DashboardSpecs : AcceptanceTest
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    [Fact]
    public async Task The_dashboard_shows_a_canary_under_traffic_and_stays_where_it_is_when_the_host_is_killed()
    {
        await StableServesAsync(Given with { Application = "environment: { PASSPHRASE: not-for-the-page }" });
        await using var traffic = TrafficLoad.Start(State);
        var url = new Uri((await State.RunAsync("dashboard", "-o", "json")).ExitsWith(0).Json.GetProperty("url").GetString()!);
        Assert.Equal((IPAddress.Loopback.ToString(), $"#{State.Name}"), (url.Host, url.Fragment));
        Assert.Equal(["0100007F"], ListeningAddresses(url.Port));

        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");
        var seen = await UntilAsync(url, application => application.GetProperty("rollout") is { ValueKind: JsonValueKind.Object } rollout && rollout.GetProperty("gates").GetArrayLength() == 2
            && application.GetProperty("arms").EnumerateArray().All(arm => arm.GetProperty("recent") is { ValueKind: JsonValueKind.Object } recent && recent.GetProperty("requestsPerSecond").GetDouble() > 0));
        Assert.Equal(0.25, seen.GetProperty("rollout").GetProperty("weight").GetDouble());
        Assert.InRange(seen.GetProperty("rollout").GetProperty("stepSecondsLeft").GetDouble(), 1, 60);
        Assert.Equal(["stable", "candidate"], seen.GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("role").GetString()));
        var availability = seen.GetProperty("status").GetProperty("availability");
        Assert.InRange(availability.GetProperty("requests").GetInt64(), 1, traffic.Now.Sent);
        Assert.Equal(availability.GetProperty("requests").GetInt64(), availability.GetProperty("successes").GetInt64());

        var page = await http.GetStringAsync(url, TestContext.Current.CancellationToken);
        Assert.Contains($"<h1>{State.Name}: v2 is judging at 25 %</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not-for-the-page", page, StringComparison.Ordinal);
        Assert.Contains("is promoted: the first version", await http.GetStringAsync(new Uri(url, $"{State.Name}/deployments/1"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(new Uri(url, $"{State.Name}/deployments/2")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(new Uri(url, "/")));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusOfAsync(url, host: "attacker.example"));

        TestState.Kill(PrivateFiles.Read(State.Paths.HostRecord, StateJson.Default.HostRecord)!.ProcessId);
        await UntilAsync(url, application => application.GetProperty("deployments")[0].GetProperty("outcome").GetString() == "rolled back");

        // Until it has its verdict, the command starts a host that is gone.
        await deploy.ResultAsync();
        (await State.RunAsync("host", "stop")).ExitsWith(0);
        Assert.False(File.Exists(State.Paths.DashboardRecord));
    }

    /// <summary>Waits until the page's document shows an application so; a host that is just coming back is asked again.</summary>
    private async Task<JsonElement> UntilAsync(Uri url, Func<JsonElement, bool> condition)
    {
        JsonElement last = default;
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    last = JsonDocument.Parse(await http.GetStringAsync(new Uri(url, "dashboard.json"))).RootElement.GetProperty("applications")[0];
                    return condition(last);
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the dashboard shows it");
        return last;
    }

    private async Task<HttpStatusCode> StatusOfAsync(Uri url, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Host = host;
        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }

    /// <summary>As the kernel writes them: hexadecimal, the lowest byte first.</summary>
    private static IEnumerable<string> ListeningAddresses(int port) => new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields is [_, var local, _, "0A", ..] && local.EndsWith($":{port.ToString("X4", CultureInfo.InvariantCulture)}", StringComparison.Ordinal))
        .Select(fields => fields[1].Split(':')[0]);
}
