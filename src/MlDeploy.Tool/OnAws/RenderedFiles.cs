using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Yaml;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.OnAws;

/// <summary>What `render --out` wrote earlier: one file a stack, named after it.</summary>
internal static class RenderedFiles
{
    private const long Largest = 4 << 20;
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <param name="path">The folder, or one of its files.</param>
    /// <returns>Null when it has no file of this stack.</returns>
    public static ExistingStack? Read(string path, RenderedStack stack)
    {
        var file = Directory.Exists(path)
            ? Extensions.Select(extension => Path.Combine(path, stack.Name + extension)).FirstOrDefault(File.Exists)
            : Path.GetFileNameWithoutExtension(path) == stack.Name ? path : null;
        if (file is null)
        {
            return null;
        }

        try
        {
            // Tags are not in a template: they cannot be compared here.
            return new FileInfo(file).Length > Largest
                ? throw new ExpectedException(ExitCode.Usage, $"{file} is larger than any template", "name what `mldeploy render --target aws --out FOLDER` wrote")
                : new ExistingStack(TemplateYamlReader.Read(File.ReadAllText(file)), stack.Tags, null);
        }
        catch (Exception failure) when (failure is TemplateSyntaxException or IOException or UnauthorizedAccessException)
        {
            var place = failure is TemplateSyntaxException wrong ? $"{file}:{wrong.Line}:{wrong.Column}" : file;
            throw new ExpectedException(ExitCode.Usage, $"{place}: {failure.Message}", "name what `mldeploy render --target aws --out FOLDER` wrote", failure);
        }
    }
}
