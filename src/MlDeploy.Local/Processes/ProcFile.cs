namespace MlDeploy.Local.Processes;

/// <summary>Reads files of <c>/proc</c>: short, gone at any moment, often another user's.</summary>
internal static class ProcFile
{
    /// <returns>Bytes read; -1 when the file is not there or not for us.</returns>
    public static int Read(string path, Span<byte> buffer)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = 0;
            while (length < buffer.Length && RandomAccess.Read(handle, buffer[length..], length) is var read and > 0)
                length += read;
            return length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
