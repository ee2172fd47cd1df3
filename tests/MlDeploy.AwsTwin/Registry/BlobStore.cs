using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MlDeploy.AwsTwin.Registry;

/// <summary>Blobs and uploads of all repositories, in files that go with the twin.</summary>
internal sealed class BlobStore : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("aws-twin-registry-");
    private readonly ConcurrentDictionary<(string Repository, string Digest), string> blobs = new();
    private readonly ConcurrentDictionary<string, Upload> uploads = new();
    private readonly ConcurrentBag<Upload> begun = [];

    /// <returns>The file's path; null when the repository has no such blob.</returns>
    public string? Find(string repository, string digest) => blobs.GetValueOrDefault((repository, digest));

    public bool Mount(string from, string to, string digest)
    {
        if (Find(from, digest) is not { } file)
        {
            return false;
        }

        blobs[(to, digest)] = file;
        return true;
    }

    public Upload Begin(string repository)
    {
        var upload = new Upload(repository, Path.Combine(folder.FullName, Guid.NewGuid().ToString()));
        uploads[upload.Id] = upload;
        begun.Add(upload);
        return upload;
    }

    public Upload? Upload(string repository, string id) => uploads.GetValueOrDefault(id) is { } upload && upload.Repository == repository ? upload : null;

    public void Forget(Upload upload) => uploads.TryRemove(upload.Id, out _);

    /// <returns>False when what was received has another digest.</returns>
    public async Task<bool> FinishAsync(Upload upload, string digest, CancellationToken cancel)
    {
        Forget(upload);
        await using (var content = File.OpenRead(upload.File))
        {
            if ($"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel))}" != digest)
            {
                return false;
            }
        }

        blobs[(upload.Repository, digest)] = upload.File;
        return true;
    }

    public void Dispose()
    {
        foreach (var upload in begun)
        {
            upload.Dispose();
        }

        folder.Delete(recursive: true);
    }
}

/// <summary>A blob that is on its way. What has arrived stays when its connection breaks.</summary>
internal sealed class Upload(string repository, string file) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    public string Id { get; } = Path.GetFileName(file);
    public string Repository => repository;
    public string File => file;
    public int Parts { get; private set; }

    public async Task<long> ReceivedAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            return System.IO.File.Exists(file) ? new FileInfo(file).Length : 0;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    /// <param name="at">Where the sender believes that it goes on; null: wherever.</param>
    /// <param name="drop">Take the bytes and lose them, as ECR has been seen to do.</param>
    /// <returns>Bytes that are there now; null when the sender believes wrong.</returns>
    public async Task<long?> AppendAsync(Stream body, long? at, bool drop, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            await using var to = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read, 1);
            if (at is { } believed && believed != to.Length)
            {
                return null;
            }

            Parts++;
            await body.CopyToAsync(drop ? Stream.Null : to, cancel);
            return to.Length;
        }
        finally
        {
            turn.Release();
        }
    }
}
