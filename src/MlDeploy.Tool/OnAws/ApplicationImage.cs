using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnAws;

/// <summary>The image of the manifest as the tasks get it: pushed to the application's registry when it is on this machine, else where it is; always by digest.</summary>
internal static class ApplicationImage
{
    /// <param name="folder">The manifest's: what relative paths are meant from.</param>
    /// <param name="repository">The registry stack's `RepositoryUri`.</param>
    /// <returns>A reference by digest.</returns>
    /// <exception cref="ExpectedException">Exit 3: there is no such image, or its version names other content already. Exit 7: the registry failed.</exception>
    public static async Task<string> DeliverAsync(AppManifest manifest, string folder, string repository, AwsSession session, CommandContext context, CancellationToken stop)
    {
        var image = manifest.Application.Image ?? throw new ExpectedException(ExitCode.Usage, "application.image is not set", "set it: aws runs containers only");
        var source = ImageSource.Parse(image, folder);
        using var credentials = new EcrCredentials(session.Ecr, new DockerLogins(context.Surroundings.Variable));
        using var delivery = new ImageDelivery(credentials, new CommandRunner(context.Clock), folder, ToolEnvironment.Of(context), context.Clock, context.Surroundings.Random);
        var progress = new PushLines(context);
        using var heartbeat = context.Progress.Heartbeat(() => progress.Now);
        context.Progress.State(source is ImageSource.Registry ? $"looking up {image}" : $"bringing {image} to {repository}");
        try
        {
            var delivered = await delivery.DeliverAsync(new ImageRequest(source, repository, manifest.Version, Platform.LinuxAmd64), progress, stop);
            context.Progress.State(Told(delivered), Tone.Good);
            return delivered.Reference;
        }
        catch (ExpectedException unseen) when (unseen.ExitCode == ExitCode.TargetFailed && source is ImageSource.Registry { Reference.Digest: not null })
        {
            // Whoever runs this may not see what the tasks may; the digest says all there is to know.
            context.Progress.State($"{image} could not be looked at from here ({unseen.Message}); it is used as it is written", Tone.Warning);
            return image;
        }
    }

    private static string Told(DeliveredImage image) => image.Outcome switch
    {
        DeliveryOutcome.Pushed => $"pushed {image.Reference}: {Size.Text(image.Progress!.BytesSent)} sent, {image.Progress.BlobsSkipped} of {image.Progress.Blobs} blobs were there ({Size.Text(image.Progress.BytesSkipped)})",
        DeliveryOutcome.AlreadyThere => $"{image.Reference} is there already",
        _ => $"found {image.Reference}",
    };

    /// <summary>A line at every quarter; what is under way for the heartbeat.</summary>
    private sealed class PushLines(CommandContext context) : IProgress<PushProgress>
    {
        private readonly Lock gate = new();
        private int quarter;

        public string Now { get; private set; } = "reading the image";

        public void Report(PushProgress value)
        {
            lock (gate)
            {
                var done = value.BytesSent + value.BytesSkipped;
                Now = $"pushing: {Size.Text(done)} of {Size.Text(value.BytesTotal)}{(value.Resumed + value.Restarted > 0 ? $", resumed {value.Resumed + value.Restarted} times" : "")}";
                var reached = value.BytesTotal == 0 ? 0 : (int)(4 * done / value.BytesTotal);
                if (reached > quarter && reached < 4)
                {
                    quarter = reached;
                    context.Progress.State(string.Create(CultureInfo.InvariantCulture, $"pushed {reached * 25} % of {Size.Text(value.BytesTotal)}"));
                }
            }
        }
    }
}
