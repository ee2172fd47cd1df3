using System.Collections.Immutable;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;

namespace MlDeploy.Aws.Images.Push;

/// <summary>Adds up what several uploads tell.</summary>
internal sealed class PushTally
{
    private readonly Lock gate = new();
    private readonly Dictionary<ContentDigest, long> sent = [];
    private readonly IProgress<PushProgress> progress;
    private PushProgress now;

    public PushTally(ImmutableArray<LocalBlob> blobs, IProgress<PushProgress> progress)
    {
        this.progress = progress;
        now = new PushProgress(blobs.Length, 0, 0, 0, 0, blobs.Sum(blob => blob.Descriptor.Size), 0, 0);
    }

    public PushProgress Now
    {
        get
        {
            lock (gate)
            {
                return now;
            }
        }
    }

    public UploadEvents EventsOf(LocalBlob blob) => new(
        position => Change(before => before with { BytesSent = before.BytesSent + Advance(blob.Descriptor.Digest, position) }),
        _ => Change(before => before with { Resumed = before.Resumed + 1 }),
        () => Change(before => before with { Restarted = before.Restarted + 1 }));

    public void Done(LocalBlob blob, BlobOutcome outcome) => Change(before => outcome == BlobOutcome.Uploaded
        ? before with { BlobsDone = before.BlobsDone + 1 }
        : before with { BlobsDone = before.BlobsDone + 1, BlobsSkipped = before.BlobsSkipped + 1, BytesSkipped = before.BytesSkipped + blob.Descriptor.Size });

    private long Advance(ContentDigest digest, long position)
    {
        var furthest = sent.GetValueOrDefault(digest);
        sent[digest] = Math.Max(furthest, position);
        return Math.Max(0, position - furthest);
    }

    private void Change(Func<PushProgress, PushProgress> change)
    {
        lock (gate)
        {
            now = change(now);
            progress.Report(now);
        }
    }
}
