using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.State;

/// <summary>Folders of mode 0700 and files of mode 0600 that are replaced whole: a kill leaves the old content or the new, never half of it.</summary>
public static class PrivateFiles
{
    private const int LargestState = 16 << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return;
            }

            Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
            if (File.GetUnixFileMode(path) != (Private | UnixFileMode.UserExecute))
            {
                File.SetUnixFileMode(path, Private | UnixFileMode.UserExecute);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the state folder {path} cannot be created or made private: {failure.Message}",
                "make it writable, or name another place in MLDEPLOY_STATE or XDG_STATE_HOME",
                failure);
        }
    }

    public static void Replace(string path, string content) => Replace(path, Encoding.UTF8.GetBytes(content));

    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.new";
        try
        {
            // What a kill left is not written into: it may have another mode, or be a link.
            File.Delete(temporary);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = Private;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the state file {path} cannot be written: {failure.Message}",
                "free space on this disk or make the folder writable, then run the command again; nothing was lost",
                failure);
        }
    }

    /// <summary>Adds to a file of mode 0600; a kill may leave half of what was added.</summary>
    public static void Append(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(content));
    }

    public static void Replace<T>(string path, T value, JsonTypeInfo<T> type) => Replace(path, JsonSerializer.Serialize(value, type) + "\n");

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="ExpectedException">The file is too large or not what we write.</exception>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists ? null
                : file.Length > LargestState ? throw new JsonException($"{file.Length} bytes is more than a state file ever has")
                : JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("it holds nothing");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the state file {path} cannot be read: {failure.Message}",
                "restore it from a backup, or move it away to start afresh",
                failure);
        }
    }

    /// <summary>A half-written file must not go on taking room on a full disk.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next replacement tries again.
        }
    }
}
