using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Data;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Model;

/// <summary>Files of the model commands: profiles, windows, data.</summary>
internal static class ModelInput
{
    private const int Peeked = 64;

    /// <summary>Threads that parse: more than four wait for the one that reads.</summary>
    public static int Workers => Math.Clamp(Environment.ProcessorCount, 1, 4);

    public static string FullPath(string path, CommandContext context) => Path.GetFullPath(path, context.Surroundings.WorkingDirectory);

    /// <summary>`-` is standard input.</summary>
    public static DataSource Source(string path, CommandContext context) =>
        path == "-" ? new DataSource("stdin", context.Surroundings.Input) : new DataSource(path, () => Open(path, context));

    /// <summary>A profile, a window, or data to be read as one.</summary>
    /// <exception cref="ExpectedException">It is none of them, or cannot be read.</exception>
    public static ModelReference Reference(string path, CommandContext context)
    {
        var start = Start(path, context);
        if (ModelFiles.IsProfile(start))
        {
            return ModelReference.Of(Profile(path, context));
        }

        return ModelReference.Of(ModelFiles.IsWindow(start) ? ModelFiles.ReadWindow(Bytes(path, context), path) : Data([path], new DataOptions { Workers = Workers }, context).Window);
    }

    public static ModelProfile Profile(string path, CommandContext context) => ModelFiles.ReadProfile(Bytes(path, context), path);

    /// <summary>Windows are merged, data is read in the reference's bins.</summary>
    public static WindowSketch Window(IReadOnlyList<string> paths, ModelReference reference, string? prediction, CommandContext context)
    {
        var data = paths.Where(path => path == "-" || !ModelFiles.IsWindow(Start(path, context))).ToList();
        var window = reference.NewWindow();
        foreach (var path in paths.Except(data, StringComparer.Ordinal))
        {
            window.Merge(ModelFiles.ReadWindow(Bytes(path, context), path));
        }

        if (data.Count > 0)
        {
            window.Merge(Data(data, new DataOptions { Workers = Workers, NewWindow = () => reference.NewWindow(), Prediction = prediction ?? reference.Prediction?.Name, PredictionMayBeAbsent = prediction is null }, context).Window);
        }

        return window;
    }

    /// <summary>Reads data and tells what was counted instead of read; a pipeline hears that it is alive.</summary>
    public static DataReading Data(IReadOnlyList<string> paths, DataOptions options, CommandContext context)
    {
        var read = 0L;
        using var heartbeat = context.Progress.Heartbeat(() => $"read {Sizes.Text(Interlocked.Read(ref read))} of {string.Join(", ", paths)}");
        var reading = DataReader.Read([.. paths.Select(path => Source(path, context))], options with { Progress = bytes => Interlocked.Exchange(ref read, bytes) }, context.Stop);
        foreach (var warning in reading.Warnings)
        {
            context.Progress.State(warning, Output.Tone.Warning);
        }

        return reading;
    }

    public static byte[] Bytes(string path, CommandContext context)
    {
        using var stream = Open(path, context);
        if (stream.Length > SketchBinary.MostBytes)
        {
            throw new ExpectedException(ExitCode.Usage, $"{path} is larger than {SketchBinary.MostBytes >> 20} MiB: it is no profile and no window", "name a file that `mldeploy profile create` has written");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Start(string path, CommandContext context)
    {
        if (path == "-")
        {
            return [];
        }

        using var stream = Open(path, context);
        var bytes = new byte[Peeked];
        return bytes[..stream.ReadAtLeast(bytes, Peeked, throwOnEndOfStream: false)];
    }

    private static FileStream Open(string path, CommandContext context)
    {
        try
        {
            return new FileStream(FullPath(path, context), FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ExpectedException(ExitCode.Usage, $"there is no {path}", "check the path; it is taken from the working directory", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot read {path}: {failure.Message}", "make it a file that you can read", failure);
        }
    }
}

/// <summary>Sizes as readers say them.</summary>
internal static class Sizes
{
    public static string Text(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (double)(1L << 30):0.0} GiB",
        >= 1L << 20 => $"{bytes / (double)(1L << 20):0.0} MiB",
        >= 1L << 10 => $"{bytes / (double)(1L << 10):0.0} KiB",
        _ => $"{bytes} bytes",
    };
}
