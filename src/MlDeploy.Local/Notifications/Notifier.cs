using System.Globalization;
using System.Text;
using System.Threading.Channels;
using MlDeploy.Core.Probing;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Hosting;

namespace MlDeploy.Local.Notifications;

/// <summary>
/// Tells receivers, in the background and in order. Whatever a receiver does, nobody waits for it: a rollout only puts into a bounded queue, a failing webhook is
/// tried three times, and what could not be told is written to the host's log, without the address.
/// </summary>
internal sealed class Notifier : IAsyncDisposable
{
    private const int Most = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(30);

    /// <summary>Between tries; the host waits for the rest when it ends, but not long.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private readonly Channel<(Notification Notification, Receivers Receivers)> queue =
        Channel.CreateBounded<(Notification, Receivers)>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly HostEnvironment environment;
    private readonly HttpClient http;
    private readonly Task telling;

    public Notifier(HostEnvironment environment, HttpClient http)
    {
        (this.environment, this.http) = (environment, http);
        telling = Task.Run(TellAsync);
    }

    /// <summary>Never waits, never fails.</summary>
    public void Tell(Notification notification, Receivers receivers)
    {
        if (!queue.Writer.TryWrite((notification, receivers)))
        {
            environment.Log.Write($"{notification.Application}: nobody was told: {notification.Text} ({Most} notifications wait already)");
        }
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        stop.CancelAfter(LastWords);
        await telling;
        stop.Dispose();
    }

    private async Task TellAsync()
    {
        await foreach (var (notification, receivers) in queue.Reader.ReadAllAsync())
        {
            try
            {
                var posts = receivers.Webhooks.Select((url, at) => PostAsync(notification, url, at + 1));
                await Task.WhenAll([.. posts, RunAsync(notification, receivers)]);
            }
            catch (Exception failure)
            {
                // Whatever a receiver did: the next notification is told all the same.
                environment.Log.Write($"{notification.Application}: a notification was not told: {failure.GetType().Name}");
            }
        }
    }

    private async Task PostAsync(Notification notification, string url, int number)
    {
        var body = notification.ToJson();
        string? trouble = null;
        for (var attempt = 0; attempt <= Pauses.Length && !stop.IsCancellationRequested; attempt++)
        {
            (trouble, var again) = await TryPostAsync(url, body);
            if (trouble is null)
            {
                return;
            }

            if (!again || attempt == Pauses.Length || !await PauseAsync(Pauses[attempt]))
            {
                break;
            }
        }

        environment.Log.Write(string.Create(CultureInfo.InvariantCulture, $"{notification.Application}: webhook {number} was not told of \"{notification.Event}\": {trouble ?? "the host ended"}"));
    }

    /// <returns>Null when it was taken; else what happened, in words that do not give the address away, and whether it may help to try again.</returns>
    private async Task<(string? Trouble, bool Again)> TryPostAsync(string url, string body)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        patience.CancelAfter(Patience);
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode ? (null, false) : ($"it answered {status}", status is 408 or 429 or >= 500);
        }
        catch (HttpRequestException failure)
        {
            return ($"it could not be reached ({failure.HttpRequestError})", true);
        }
        catch (OperationCanceledException)
        {
            return ($"it did not answer within {Words.Of(Patience)}", true);
        }
        catch (Exception unfit) when (unfit is UriFormatException or InvalidOperationException or NotSupportedException)
        {
            return ("its address cannot be used", false);
        }
    }

    private async Task RunAsync(Notification notification, Receivers receivers)
    {
        if (receivers.Command.IsEmpty)
        {
            return;
        }

        var told = receivers.Environment
            .SetItem("MLDEPLOY_EVENT", notification.Event)
            .SetItem("MLDEPLOY_APPLICATION", notification.Application)
            .SetItem("MLDEPLOY_TEXT", notification.Text)
            .SetItem("MLDEPLOY_NOTIFICATION", notification.ToJson());
        try
        {
            var result = await environment.Commands.RunAsync(new CommandRequest(receivers.Command, receivers.Folder, told, CommandPatience), stop.Token);
            if (result.ExitCode is not 0)
            {
                var why = result.TimedOut ? $"it did not end within {Words.Of(CommandPatience)}" : result.ExitCode is { } code ? $"it ended with {code}" : result.Error;
                environment.Log.Write($"{notification.Application}: {receivers.Command[0]} was not told of \"{notification.Event}\": {why}");
            }
        }
        catch (OperationCanceledException)
        {
            environment.Log.Write($"{notification.Application}: {receivers.Command[0]} was not told of \"{notification.Event}\": the host ended");
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, environment.Clock, stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
