namespace MlDeploy.Local.Snapshots;

/// <summary>Removes folders that hold read-only files, and folders an application made read-only.</summary>
internal static class DirectoryRemoval
{
    public static void Try(string folder)
    {
        try
        {
            Remove(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Left for the next sweep: what was asked for has been done or has failed already, and says so itself.
        }
    }

    private static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        // Read-only files keep Windows, and folders the application made read-only keep Unix, from removing them.
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };
        var pending = new Stack<string>([folder]);
        while (pending.TryPop(out var next))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(next, PrivateDirectory.Mode);
            foreach (var item in new DirectoryInfo(next).EnumerateFileSystemInfos("*", options))
            {
                if (FileKinds.Of(item.FullName) == FileKind.Directory)
                    pending.Push(item.FullName);
                else if (OperatingSystem.IsWindows())
                    item.Attributes &= ~FileAttributes.ReadOnly;
            }
        }

        Directory.Delete(folder, recursive: true);
    }
}
