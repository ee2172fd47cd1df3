using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates;

/// <summary>Reads the files of <c>targets.aws.template</c>: the edge that rendering itself does not touch.</summary>
public static class CustomTemplates
{
    /// <summary>Beyond CloudFormation's own limit, so that the reader's message speaks.</summary>
    private const int ReadAtMost = 2 << 20;

    /// <exception cref="ExpectedException">Exit 3: one of them cannot be read.</exception>
    public static async Task<ImmutableDictionary<StackKind, TemplateFile>> ReadAsync(AwsTemplateFiles files, CancellationToken cancel)
    {
        var read = ImmutableDictionary.CreateBuilder<StackKind, TemplateFile>();
        foreach (var (kind, path) in ((StackKind, string?)[])[(StackKind.Registry, files.Registry), (StackKind.Application, files.Application), (StackKind.Training, files.Training)])
        {
            if (path is not null)
            {
                read.Add(kind, new TemplateFile(path, await TextAsync(kind, path, cancel)));
            }
        }

        return read.ToImmutable();
    }

    private static async Task<string> TextAsync(StackKind kind, string path, CancellationToken cancel)
    {
        try
        {
            await using var stream = File.OpenRead(path);
            using var reader = new StreamReader(stream);
            var buffer = new char[ReadAtMost];
            var length = await reader.ReadBlockAsync(buffer, cancel);
            return new string(buffer, 0, length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot read {path}: {failure.Message}", $"correct targets.aws.template.{StackNames.Word(kind)}, or remove it to use the template of mldeploy", failure);
        }
    }
}
