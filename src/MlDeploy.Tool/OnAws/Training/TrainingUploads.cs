using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Templates.Training;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>Data and code on their way into the bucket.</summary>
internal static class TrainingUploads
{
    /// <summary>`mldeploy train upload`</summary>
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var code = CodeFiles(parse, context);
        if (access.Settings.Data is null && code.Count == 0)
        {
            throw new ExpectedException(ExitCode.Usage, "there is nothing to upload: training.data is not set, and --script names no file", "set training.data, or name the code that the schedule runs with --script");
        }

        var place = await access.PlaceAsync(context);
        var data = await DataAsync(access, place, context);
        var uploaded = code.Count == 0 ? null : await CodeAsync(access, place, code, TrainingLayout.CurrentCode, context);
        var document = new TrainingUploadDocument(access.Manifest.Name, place.Bucket, Entry(data), Entry(uploaded));
        context.Results.Write("training-upload", document, TrainingDocuments.Default.TrainingUploadDocument, (text, palette) =>
        {
            Write("data", document.Data, place.Bucket, text);
            Write("code", document.Code, place.Bucket, text);
        });
        return ExitCode.Done;
    }

    /// <summary>Brings `training.data` into the bucket; without it says what is there.</summary>
    public static async Task<DataVersion?> DataAsync(TrainingAccess access, TrainingPlace place, CommandContext context)
    {
        var upload = new TrainingUpload(access.Session, place.Bucket);
        if (access.Settings.Data is not { } path)
        {
            return DataVersion.Of(await upload.ListAsync(TrainingLayout.Data, context.Stop));
        }

        var files = await TrainingFile.ReadAsync(path, context.Stop);
        var sent = await SendAsync(upload, TrainingLayout.Data, files, "data", context);
        var there = await upload.ListAsync(TrainingLayout.Data, context.Stop);
        foreach (var other in there.ExceptBy(sent.Select(item => item.Key), item => item.Key, StringComparer.Ordinal))
        {
            context.Progress.State($"{other.Key} lies in the bucket too and is trained with, and is not in {path}", Tone.Warning);
        }

        return DataVersion.Of([.. sent, .. there.ExceptBy(sent.Select(item => item.Key), item => item.Key, StringComparer.Ordinal)]);
    }

    public static async Task<DataVersion> CodeAsync(TrainingAccess access, TrainingPlace place, IReadOnlyDictionary<string, string> files, string prefix, CommandContext context) =>
        DataVersion.Of(await SendAsync(new TrainingUpload(access.Session, place.Bucket), prefix, await ReadAsync(files, context), "code", context))!;

    /// <summary>Names in the bucket → paths here.</summary>
    public static IReadOnlyDictionary<string, string> CodeFiles(ParseResult parse, CommandContext context)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (parse.GetValue(TrainCommand.Script) is { } script)
        {
            files[Path.GetFileName(script)] = Path.GetFullPath(script, context.Surroundings.WorkingDirectory);
        }

        if (parse.GetValue(TrainCommand.Requirements) is { } requirements)
        {
            files[TrainingCommand.Requirements] = Path.GetFullPath(requirements, context.Surroundings.WorkingDirectory);
        }

        return files;
    }

    /// <summary>One digest for all files of the code: where they lie, and what a job is recorded with.</summary>
    public static async Task<string> CodeDigestAsync(IReadOnlyDictionary<string, string> files, CommandContext context) =>
        ContentDigest.Of(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', (await ReadAsync(files, context)).Select(file => $"{file.Name} {file.Digest}")))).Hex;

    public static TrainingDataEntry? Entry(DataVersion? data) => data is null ? null : new TrainingDataEntry(
        data.Version, data.Digest, data.Bytes, [.. data.Objects.Select(item => new TrainingObjectEntry(item.Key, item.Version, item.Digest.Hex, item.Bytes, item.Skipped))]);

    public static void Write(string what, TrainingDataEntry? entry, string bucket, TextWriter text)
    {
        if (entry is not null)
        {
            text.WriteLine($"{what}: s3://{bucket}/{(entry.Objects is [var one] ? one.Key : $"{entry.Objects[0].Key.Split('/')[0]}/ ({entry.Objects.Length} objects)")}, {Size.Text(entry.Bytes)}, version {entry.Version}{(entry.Objects.All(item => item.Skipped) ? " (was there)" : "")}");
        }
    }

    private static async Task<ImmutableArray<TrainingFile>> ReadAsync(IReadOnlyDictionary<string, string> files, CommandContext context)
    {
        var read = ImmutableArray.CreateBuilder<TrainingFile>();
        foreach (var (name, path) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            read.Add(await TrainingFile.ReadAsync(path, context.Stop) is [var file] && File.Exists(path)
                ? file with { Name = name }
                : throw new ExpectedException(ExitCode.Usage, $"{path} is no file", "name one file; what a script needs beside it belongs into the image"));
        }

        return read.ToImmutable();
    }

    private static async Task<ImmutableArray<UploadedObject>> SendAsync(TrainingUpload upload, string prefix, ImmutableArray<TrainingFile> files, string what, CommandContext context)
    {
        var progress = new UploadLines(what, context);
        using var heartbeat = context.Progress.Heartbeat(() => progress.Now);
        var sent = await upload.RunAsync(prefix, files, progress, context.Stop);
        var skipped = sent.Count(item => item.Skipped);
        context.Progress.State(
            skipped == sent.Length ? $"{what}: {Objects(skipped)} {(skipped == 1 ? "is" : "are")} there already"
            : $"{what}: {Objects(sent.Length - skipped)} sent ({Size.Text(sent.Where(item => !item.Skipped).Sum(item => item.Bytes))}){skipped switch { 0 => "", 1 => ", 1 was there", _ => $", {skipped} were there" }}",
            Tone.Good);
        return sent;
    }

    private static string Objects(int count) => count == 1 ? "1 object" : $"{count} objects";

    private sealed class UploadLines(string what, CommandContext context) : IProgress<UploadProgress>
    {
        private readonly Lock gate = new();
        private int tenth;

        public string Now { get; private set; } = $"reading the {what}";

        public void Report(UploadProgress value)
        {
            lock (gate)
            {
                Now = $"sending {what}: {Size.Text(value.BytesSent)} of {Size.Text(value.BytesTotal)}, {value.File}";
                var reached = value.BytesTotal < 100 << 20 ? 0 : (int)(10 * value.BytesSent / value.BytesTotal);
                if (reached > tenth && reached < 10)
                {
                    tenth = reached;
                    context.Progress.State(Now);
                }
            }
        }
    }
}
