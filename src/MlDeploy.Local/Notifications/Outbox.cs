using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Notifications;

/// <summary>Tells the receivers of a manifest from a command's own process.</summary>
public static class Outbox
{
    /// <summary>Comes back when everybody was told, or could not be within a few seconds; what failed stands in the host's log.</summary>
    /// <param name="webhooks">Resolved addresses.</param>
    public static async Task TellAsync(HostEnvironment environment, AppManifest manifest, ImmutableArray<string> webhooks, NotificationKind kind, Notification notification, Func<string, string?> variable)
    {
        var seen = ApplicationEnvironment.Compose(variable, manifest.Application.Environment, ImmutableSortedDictionary<string, string>.Empty);
        var receivers = new Receivers(webhooks, manifest.Notifications.Command, manifest.Notifications.On, manifest.Application.WorkingDirectory, seen);
        if (!receivers.AreTold(kind))
        {
            return;
        }

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        await using var notifier = new Notifier(environment, http);
        notifier.Tell(notification, receivers);
    }
}
