using System.CommandLine;
using System.Text;
using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Manifests;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy init`</summary>
internal static class InitCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var name = new Option<string?>("--name") { Description = "The application's name; default: the folder's.", HelpName = "NAME" };
        return new ToolCommand(Groups.Describe, "init", "Write a first mlapp.yaml to fill in.", (parse, context) =>
            RunAsync(context, parse.GetValue(options.File)!, parse.GetValue(name)))
            .With(name, options.File);
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, string file, string? name)
    {
        var path = Path.GetFullPath(file, context.Surroundings.WorkingDirectory);
        var label = InitTemplate.NameFrom(name ?? Path.GetFileName(Path.GetDirectoryName(path)!));
        if (name is not null && label != name)
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"'{name}' cannot be an application's name: lower-case letters, digits and hyphens, 24 characters at most",
                $"use `--name {label}`");
        }

        try
        {
            // CreateNew: what is there is somebody's work and is never overwritten.
            await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(InitTemplate.For(label)), context.Stop);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new ExpectedException(ExitCode.Usage, $"{file} is there already", "edit it, or name another file with --file");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot write {file}: {failure.Message}", "name a file in a folder that you can write to with --file", failure);
        }

        context.Results.Write("init", new InitDocument(file, label), InitDocuments.Default.InitDocument, (text, _) =>
        {
            text.WriteLine($"wrote {file} for the application '{label}'");
            text.WriteLine("next: set application.command, then run `mldeploy validate` and `mldeploy deploy`");
        });
        return ExitCode.Done;
    }
}

/// <summary>`mldeploy/init/v1`</summary>
internal sealed record InitDocument(string File, string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InitDocument))]
internal sealed partial class InitDocuments : JsonSerializerContext;
