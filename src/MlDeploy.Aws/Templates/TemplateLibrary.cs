using System.Reflection;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Yaml;

namespace MlDeploy.Aws.Templates;

/// <summary>Our own templates, as `templates/aws` in the repository has them.</summary>
internal static class TemplateLibrary
{
    public static JsonObject Read(StackKind kind) => TemplateYamlReader.Read(Text($"{StackNames.Word(kind)}.yaml"));

    /// <param name="file">A file of `templates/aws`.</param>
    public static string Text(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"templates/aws/{file}") ?? throw new InvalidOperationException($"templates/aws/{file} is not in this build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
