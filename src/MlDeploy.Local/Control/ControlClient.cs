using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Local.Control;

/// <summary>Speaks to the host over its Unix socket. Failures of the host come back as the <see cref="ExpectedException"/> they were there.</summary>
public sealed class ControlClient : IDisposable
{
    /// <summary>Begins the line of a followed journal that is no entry but why the deployment ended without one.</summary>
    internal const char ErrorLine = '!';

    private readonly HttpClient http;

    public ControlClient(string socketPath)
    {
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        {
            BaseAddress = new Uri("http://host"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Task<HostStatus> HostAsync(CancellationToken cancel) => GetAsync("/v1/host", ControlJson.Default.HostStatus, cancel);

    /// <summary>Asks the host to end; applications end with it, or are left running for the next host to adopt.</summary>
    public Task StopHostAsync(bool handover, CancellationToken cancel) => PostAsync($"/v1/host/stop?handover={handover}", cancel);

    /// <summary>Has the host open its dashboard, if it is not open yet.</summary>
    public async Task<DashboardAddress> OpenDashboardAsync(CancellationToken cancel)
    {
        using var reply = await http.PostAsync(new Uri("/v1/dashboard", UriKind.Relative), null, cancel);
        return await ReadAsync(reply, ControlJson.Default.DashboardAddress, cancel);
    }

    public Task<DeployAccepted> DeployAsync(string application, DeployRequest request, CancellationToken cancel) =>
        PostAsync($"/v1/applications/{application}/deployments", request, ControlJson.Default.DeployRequest, ControlJson.Default.DeployAccepted, cancel);

    public Task<DeployAccepted> RollbackAsync(string application, RollbackRequest request, CancellationToken cancel) =>
        PostAsync($"/v1/applications/{application}/rollback", request, ControlJson.Default.RollbackRequest, ControlJson.Default.DeployAccepted, cancel);

    /// <summary>`promote`, `abort` or `interrupt` the running deployment; returns the deployment's number, null when none runs.</summary>
    public Task<DeployAccepted> SteerAsync(string application, string verb, SteerRequest request, CancellationToken cancel) =>
        PostAsync($"/v1/applications/{application}/{verb}", request, ControlJson.Default.SteerRequest, ControlJson.Default.DeployAccepted, cancel);

    public Task<ApplicationStatus> StatusAsync(string application, CancellationToken cancel) =>
        GetAsync($"/v1/applications/{application}", ControlJson.Default.ApplicationStatus, cancel);

    public Task<ApplicationMetrics> MetricsAsync(string application, CancellationToken cancel) =>
        GetAsync($"/v1/applications/{application}/metrics", ControlJson.Default.ApplicationMetrics, cancel);

    /// <summary>Has the host write down what was captured so far.</summary>
    public Task SaveWindowsAsync(string application, CancellationToken cancel) => PostAsync($"/v1/applications/{application}/windows", cancel);

    public async Task DestroyAsync(string application, CancellationToken cancel)
    {
        using var reply = await http.DeleteAsync(new Uri($"/v1/applications/{application}", UriKind.Relative), cancel);
        await ThrowOnErrorAsync(reply, cancel);
    }

    /// <summary>The entries of a deployment's journal after <paramref name="afterSeq"/>, as they are written, until its final state.</summary>
    public async IAsyncEnumerable<JournalEntry> FollowAsync(string application, int deployment, long afterSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/applications/{application}/deployments/{deployment}/journal?after={afterSeq}");
        using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        await ThrowOnErrorAsync(reply, cancel);
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(cancel));
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line is [ErrorLine, ..])
            {
                var error = JsonSerializer.Deserialize(line.AsSpan(1), ControlJson.Default.ControlError)!;
                throw new ExpectedException(error.ExitCode, error.Message, error.Remedy);
            }

            yield return JournalFormat.Read(Encoding.UTF8.GetBytes(line));
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<TReply> GetAsync<TReply>(string path, JsonTypeInfo<TReply> type, CancellationToken cancel)
    {
        using var reply = await http.GetAsync(new Uri(path, UriKind.Relative), cancel);
        return await ReadAsync(reply, type, cancel);
    }

    private async Task PostAsync(string path, CancellationToken cancel)
    {
        using var reply = await http.PostAsync(new Uri(path, UriKind.Relative), null, cancel);
        await ThrowOnErrorAsync(reply, cancel);
    }

    private async Task<TReply> PostAsync<TRequest, TReply>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken cancel)
    {
        using var reply = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), request, requestType, cancel);
        return await ReadAsync(reply, replyType, cancel);
    }

    private static async Task<TReply> ReadAsync<TReply>(HttpResponseMessage reply, JsonTypeInfo<TReply> type, CancellationToken cancel)
    {
        await ThrowOnErrorAsync(reply, cancel);
        return await reply.Content.ReadFromJsonAsync(type, cancel) ?? throw new JsonException("the host answered nothing");
    }

    private static async Task ThrowOnErrorAsync(HttpResponseMessage reply, CancellationToken cancel)
    {
        if (reply.IsSuccessStatusCode)
        {
            return;
        }

        if (reply.StatusCode == HttpStatusCode.UnprocessableEntity
            && await reply.Content.ReadFromJsonAsync(ControlJson.Default.ControlError, cancel) is { } error)
        {
            throw new ExpectedException(error.ExitCode, error.Message, error.Remedy);
        }

        var detail = await reply.Content.ReadAsStringAsync(cancel);
        throw new ExpectedException(
            ExitCode.TargetFailed,
            $"the host answered {(int)reply.StatusCode}: {(detail.Length > 500 ? detail[..500] : detail)}",
            "look at its log with `mldeploy host status`, and report this: the host should not answer so");
    }
}
