namespace MlDeploy.Local.Gateway.Recording;

/// <summary>A file that is set aside when it is full; a disk that refuses costs lines, never the process.</summary>
internal sealed class RotatingFile(AccessLogOptions options) : IAsyncDisposable
{
    private FileStream? file;

    public async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> lines)
    {
        try
        {
            if (file is not null && file.Length + lines.Length > options.MaxBytes)
            {
                await CloseAsync();
                Rotate();
            }

            file ??= Open();
            await file.WriteAsync(lines);
            await file.FlushAsync();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await CloseAsync();
            return false;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        var settings = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            // Paths and client addresses are personal data: the owner's alone.
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(options.Path, settings);
    }

    private void Rotate()
    {
        for (var age = options.Keep; age > 0; age--)
        {
            var younger = age == 1 ? options.Path : $"{options.Path}.{age - 1}";
            if (File.Exists(younger))
            {
                File.Move(younger, $"{options.Path}.{age}", overwrite: true);
            }
        }
    }

    private async ValueTask CloseAsync()
    {
        var closing = file;
        file = null;
        if (closing is not null)
        {
            try
            {
                await closing.DisposeAsync();
            }
            catch (IOException)
            {
                // What could not be flushed was counted as dropped by the write that failed.
            }
        }
    }
}
