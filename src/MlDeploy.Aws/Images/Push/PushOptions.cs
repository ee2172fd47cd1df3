namespace MlDeploy.Aws.Images.Push;

/// <summary>How a push goes about it.</summary>
public sealed record PushOptions
{
    /// <summary>Blobs uploaded at the same time; 1 to 16. Docker's own number is 5; ECR takes 10 new layers a second.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>
    /// Bytes of one PATCH; null sends what is left of a blob in one. That is what docker does and so what every registry is
    /// proven with; ECR has been seen to drop all chunks but the first while it answers that it took them
    /// (aws/containers-roadmap 2831), which is noticed here, and then costs the upload a fresh start.
    /// </summary>
    public long? ChunkBytes { get; init; }

    /// <summary>Failures in a row, without a byte of progress, after which an upload is given up.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The wait after the first failure; doubled with each further one, up to <see cref="LongestWait"/>, less up to half at random.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A request in which nothing moves for this long counts as failed.</summary>
    public TimeSpan Stalled { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What a push did or is doing; all of it may be told from several threads at once.</summary>
/// <param name="BlobsDone">Uploaded, mounted or found there.</param>
/// <param name="BytesSent">Without what had to be sent again.</param>
/// <param name="BytesSkipped">Of blobs that were there already.</param>
/// <param name="BytesTotal">Of all blobs.</param>
public sealed record PushProgress(int Blobs, int BlobsDone, int BlobsSkipped, long BytesSent, long BytesSkipped, long BytesTotal, int Resumed, int Restarted);
