using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.OnAws;

/// <summary>The image that the next deployment would run, as far as it is known before it is pushed.</summary>
/// <param name="Text">As a task definition would name it: the running one's own text when the content is the same; null: not known.</param>
/// <param name="Note">Why it is not known; null: there is nothing to say.</param>
internal sealed record NextImage(string? Text, string? Note)
{
    private static readonly NextImage Unknown = new(null, null);

    /// <param name="written">`application.image`.</param>
    /// <param name="folder">The manifest's.</param>
    /// <param name="running">What the serving task definition names.</param>
    public static async Task<NextImage> LookAsync(string written, string folder, string? running, AwsSession session, CancellationToken stop)
    {
        if (ImageReference.Parse(written, out _)?.Digest is not null)
        {
            return new NextImage(written, null);
        }

        if (running is null || ImageReference.Parse(running, out _) is not { } serving)
        {
            return Unknown;
        }

        try
        {
            return await ImageContent.OfFileAsync(ImageSource.Parse(written, folder), Platform.LinuxAmd64, stop) is not { } here ? Unknown
                : await ImageContent.OfRepositoryAsync(serving, session.Ecr, stop) is not { } there ? Unknown
                : new NextImage(here == there ? running : $"{written} (image {here})", null);
        }
        catch (ExpectedException missing) when (missing.ExitCode == ExitCode.Usage)
        {
            return new NextImage(null, $"whether the image changes is not known: {missing.Message}");
        }
        catch (AwsServiceException unread)
        {
            return new NextImage(null, $"whether the image changes is not known: {unread.Service}.{unread.Action} failed ({unread.Code})");
        }
    }
}
