namespace MlDeploy.Local.Hosting;

/// <summary>At most one host per state folder: an operating-system lock that ends with the process, however it ends.</summary>
internal sealed class HostLock : IDisposable
{
    private readonly FileStream file;

    private HostLock(FileStream file) => this.file = file;

    /// <summary>Null when another host holds it.</summary>
    public static HostLock? TryTake(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new HostLock(new FileStream(path, options));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
