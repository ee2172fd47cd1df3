using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Tool.Commands;

/// <summary>The manifest was read and is not valid.</summary>
internal sealed class ManifestRejectedException(ImmutableArray<ManifestProblem> problems) : Exception("the manifest has problems")
{
    public ImmutableArray<ManifestProblem> Problems { get; } = problems;
}

/// <summary>Reads the manifest that the command line names.</summary>
internal static class ManifestFile
{
    /// <summary>Far above what the reader accepts, so that its own message speaks; bounds what a hostile path can make us hold.</summary>
    private const int ReadAtMost = 16 << 20;

    /// <summary>What `--file` says. Asked for by name: `logs`, whose `-f` follows, has an option of its own for it.</summary>
    public static string Name(ParseResult parse) => parse.GetValue<string>("--file") ?? CommonOptions.DefaultFile;

    /// <summary>For commands that only need to know what is described.</summary>
    /// <exception cref="ManifestRejectedException">It has problems.</exception>
    /// <exception cref="ExpectedException">It could not be opened.</exception>
    public static async Task<AppManifest> LoadAsync(ParseResult parse, CommandContext context)
    {
        var read = await ReadAsync(parse, context);
        return read.Manifest ?? throw new ManifestRejectedException(read.Problems);
    }

    /// <summary>For commands that act: what their target cannot do yet is refused too.</summary>
    /// <exception cref="ManifestRejectedException">It has problems, or asks for what is not built.</exception>
    public static async Task<AppManifest> LoadUsableAsync(ParseResult parse, CommandContext context)
    {
        var read = await ReadAsync(parse, context);
        var manifest = read.Manifest ?? throw new ManifestRejectedException(read.Problems);
        var refused = NotBuilt.RefusedAtUse(manifest, parse.GetValue(context.Options.Target)!, read.Origins);
        return refused.IsEmpty ? manifest : throw new ManifestRejectedException(refused);
    }

    /// <exception cref="ExpectedException">It could not be opened.</exception>
    public static async Task<ManifestResult> ReadAsync(ParseResult parse, CommandContext context)
    {
        var file = Name(parse);
        var directory = context.Surroundings.WorkingDirectory;
        var path = Path.GetFullPath(file, directory);
        return ManifestReader.Read(new ManifestSource(
            file == "-" ? "stdin" : file,
            await BytesAsync(file, path, context),
            file == "-" ? directory : Path.GetDirectoryName(path) ?? directory)
        {
            Environment = parse.GetValue(context.Options.Environment),
            Overrides = [.. parse.GetValue(context.Options.Set) ?? [], .. Image(parse, context)],
            Variable = context.Surroundings.Variable,
        });
    }

    /// <summary>`--image` as the setting it stands for; it wins over `--set`. Quoted, since an archive's `#NAME` is no comment.</summary>
    private static IEnumerable<string> Image(ParseResult parse, CommandContext context) =>
        parse.GetValue(context.Options.Image) is { } image ? [$"application.image='{image.Replace("'", "''", StringComparison.Ordinal)}'"] : [];

    private static async Task<byte[]> BytesAsync(string file, string path, CommandContext context)
    {
        if (file == "-" && context.Verbose)
        {
            context.Surroundings.Messages.WriteLine("reading the manifest from standard input");
        }

        try
        {
            // On a thread of its own: opening a named pipe and reading a terminal block, and a signal must still end the command.
            return await Task.Run(() => Read(file == "-" ? context.Surroundings.Input() : File.OpenRead(path))).WaitAsync(context.Stop);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"there is no {file}{(Path.IsPathRooted(file) ? "" : $" in {context.Surroundings.WorkingDirectory}")}",
                "run `mldeploy init` to write one, or name it with --file",
                missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot read {file}: {failure.Message}", "make it a file that you can read, or name another with --file", failure);
        }
    }

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            var content = new MemoryStream();
            var buffer = new byte[64 << 10];
            int count;
            while (content.Length < ReadAtMost && (count = stream.Read(buffer)) > 0)
            {
                content.Write(buffer, 0, count);
            }

            return content.ToArray();
        }
    }
}
