namespace MlDeploy.Aws.Images.Local;

/// <summary>A folder for this run alone (mode 0700, below the system's temporary one), gone with what is in it when disposed.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly Lazy<DirectoryInfo> folder = new(() => Directory.CreateTempSubdirectory("mldeploy-image-"));
    private int files;

    /// <summary>The path of a file that does not exist yet.</summary>
    public string NewFile(string name) => Path.Combine(folder.Value.FullName, $"{Interlocked.Increment(ref files)}-{name}");

    public void Dispose()
    {
        if (folder.IsValueCreated)
        {
            try
            {
                folder.Value.Delete(recursive: true);
            }
            catch (Exception left) when (left is IOException or UnauthorizedAccessException)
            {
                // A file somebody else holds open: the system's own cleaning takes it.
            }
        }
    }
}
