using System.Buffers;
using System.Security.Cryptography;

namespace MlDeploy.Local.Snapshots;

/// <summary>Copies one file and hashes the very bytes it copied, so that the digest is of the copy whatever happens to the source.</summary>
internal static class FileCopy
{
    private const int BufferSize = 256 * 1024;
    private const int Attempts = 3;

    /// <param name="budget">Bytes that may still be copied; a file that grows beyond them is an error of the limit.</param>
    public static SnapshotEntry Copy(WalkedFile file, string destination, long budget, Func<Exception> overBudget, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (TryCopy(file, destination, budget, overBudget, cancel) is { } entry)
                return entry;
        }

        throw SnapshotFailure.KeepsChanging(file.Path);
    }

    /// <returns>Null when the source changed under the copy.</returns>
    private static SnapshotEntry? TryCopy(WalkedFile file, string destination, long budget, Func<Exception> overBudget, CancellationToken cancel)
    {
        using var source = Open(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var before = (Written: File.GetLastWriteTimeUtc(source), Length: RandomAccess.GetLength(source));
        var executable = !OperatingSystem.IsWindows() && File.GetUnixFileMode(source).HasFlag(UnixFileMode.UserExecute);
        long length = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var copy = File.OpenHandle(destination, FileMode.Create, FileAccess.Write);
            while (Read(source, buffer, length, file) is var read and > 0)
            {
                cancel.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                RandomAccess.Write(copy, buffer.AsSpan(0, read), length);
                length += read;
                if (length > budget)
                    throw overBudget();
            }

            if (before != (File.GetLastWriteTimeUtc(source), RandomAccess.GetLength(source)) || length != before.Length)
                return null;

            // Interpreters and build tools compare times of sources and of what they made from them.
            File.SetLastWriteTimeUtc(copy, before.Written);
            MakeReadOnly(destination, copy, executable);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return SnapshotEntry.File(file.Path, executable, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle source, byte[] buffer, long offset, WalkedFile file)
    {
        try
        {
            return RandomAccess.Read(source, buffer.AsSpan(0, BufferSize), offset);
        }
        catch (IOException error)
        {
            throw SnapshotFailure.Unreadable(file.Path, error);
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(WalkedFile file)
    {
        try
        {
            return File.OpenHandle(file.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw SnapshotFailure.Vanished(file.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SnapshotFailure.Unreadable(file.Path, error);
        }
    }

    // For the owner alone: the application runs as the same user, and a file may be a key.
    private static void MakeReadOnly(string destination, Microsoft.Win32.SafeHandles.SafeFileHandle copy, bool executable)
    {
        if (OperatingSystem.IsWindows())
            File.SetAttributes(destination, File.GetAttributes(destination) | FileAttributes.ReadOnly);
        else
            File.SetUnixFileMode(copy, executable ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead);
    }
}
