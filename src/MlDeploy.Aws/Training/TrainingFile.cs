using System.Collections.Immutable;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Training;

/// <summary>A file of this machine that goes into the bucket.</summary>
/// <param name="Name">Relative, with forward slashes: the end of its key.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Digest">Of its content when it was looked at.</param>
public sealed record TrainingFile(string Name, string Path, long Bytes, ContentDigest Digest)
{
    /// <summary>Data of more files belongs into archives: each is an object and a request.</summary>
    private const int MostFiles = 10_000;

    /// <summary>A file, or all files of a folder in order of their names. Reads all of it.</summary>
    /// <exception cref="ExpectedException">Exit 3: there is nothing, or too much.</exception>
    public static async Task<ImmutableArray<TrainingFile>> ReadAsync(string path, CancellationToken stop)
    {
        try
        {
            if (File.Exists(path))
            {
                return [await OneAsync(System.IO.Path.GetFileName(path), path, stop)];
            }

            var files = ImmutableArray.CreateBuilder<TrainingFile>();
            foreach (var (name, file) in Names(path))
            {
                files.Add(await OneAsync(name, file, stop));
            }

            return files.Count > 0 ? files.ToImmutable() : throw new ExpectedException(ExitCode.Usage, $"there is nothing in {path}", "name a file, or a folder that has files");
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new ExpectedException(ExitCode.Usage, $"there is no file and no folder {path}", "check the path; relative ones are taken from the manifest's folder", missing);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"{path} cannot be read: {unreadable.Message}", "make it readable for whoever runs mldeploy", unreadable);
        }
    }

    private static (string Name, string Path)[] Names(string folder)
    {
        var names = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false })
            .Select(file => (Name: System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/'), Path: file))
            .Where(file => !file.Name.Split('/').Any(part => part is ".git" or "__pycache__"))
            .Take(MostFiles + 1).OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        return names.Length <= MostFiles
            ? names
            : throw new ExpectedException(ExitCode.Usage, $"{folder} has more than {MostFiles} files", "pack them into archives: each file is an object and several requests");
    }

    private static async Task<TrainingFile> OneAsync(string name, string path, CancellationToken stop)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return new TrainingFile(name, path, content.Length, await ContentDigest.OfAsync(content, stop));
    }
}
