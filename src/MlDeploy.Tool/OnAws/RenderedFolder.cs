using System.Collections.Immutable;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.OnAws;

/// <summary>Stacks written as one file each: all of them or none, and never over something else.</summary>
internal static class RenderedFolder
{
    /// <param name="folder">Absolute. Not there, empty, or what an earlier render wrote.</param>
    /// <returns>The files' paths.</returns>
    /// <exception cref="ExpectedException">Exit 3: it holds other things, or cannot be written.</exception>
    public static ImmutableArray<string> Write(string folder, IReadOnlyCollection<RenderedStack> stacks, Random random)
    {
        try
        {
            RefuseOthers(folder);

            // Beside it, so that renaming stays within one file system.
            var fresh = $"{folder}.{random.Next():x8}.new";
            Directory.CreateDirectory(fresh);
            try
            {
                foreach (var stack in stacks)
                {
                    File.WriteAllText(Path.Combine(fresh, FileName(stack)), RenderedText.Document(stack));
                }

                Replace(folder, fresh);
            }
            finally
            {
                if (Directory.Exists(fresh))
                {
                    Directory.Delete(fresh, recursive: true);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot write {folder}: {failure.Message}", "name a folder that you can write to with --out", failure);
        }

        return [.. stacks.Select(stack => Path.Combine(folder, FileName(stack)))];
    }

    private static string FileName(RenderedStack stack) => $"{stack.Name}.yaml";

    private static void RefuseOthers(string folder)
    {
        if (File.Exists(folder))
        {
            throw new ExpectedException(ExitCode.Usage, $"{folder} is a file", "name a folder with --out");
        }

        foreach (var entry in Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [])
        {
            if (!entry.EndsWith(".yaml", StringComparison.Ordinal) || !File.Exists(entry) || !RenderedText.IsRendered(Beginning(entry)))
            {
                throw new ExpectedException(ExitCode.Usage, $"{folder} holds {Path.GetFileName(entry)}, which `mldeploy render` did not write", "name a new or an empty folder with --out");
            }
        }
    }

    private static string Beginning(string file)
    {
        using var reader = new StreamReader(file);
        var buffer = new char[64];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }

    private static void Replace(string folder, string fresh)
    {
        var old = $"{fresh}.old";
        var isThere = Directory.Exists(folder);
        if (isThere)
        {
            Directory.Move(folder, old);
        }

        try
        {
            Directory.Move(fresh, folder);
        }
        catch (Exception failure) when (isThere && failure is IOException or UnauthorizedAccessException)
        {
            Directory.Move(old, folder);
            throw;
        }

        if (isThere)
        {
            Directory.Delete(old, recursive: true);
        }
    }
}
