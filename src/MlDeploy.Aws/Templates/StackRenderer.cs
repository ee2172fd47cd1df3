using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Aws.Templates.Training;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates;

/// <summary>Manifest → the stacks as they are sent. Pure: equal manifests and facts give equal templates.</summary>
public static class StackRenderer
{
    /// <param name="manifest">Valid, with <c>targets.aws</c>.</param>
    /// <returns>Registry, application and, when the manifest has <c>training</c>, training.</returns>
    public static ImmutableArray<RenderedStack> Render(AppManifest manifest, RenderFacts facts)
    {
        if (manifest.Targets.Aws is null)
        {
            throw new ArgumentException("the manifest has no targets.aws: validate it for aws first", nameof(manifest));
        }

        var stacks = ImmutableArray.CreateBuilder<RenderedStack>();
        stacks.Add(Registry(manifest, facts));
        stacks.Add(Application(manifest, facts));
        if (manifest.Training is { } training)
        {
            stacks.Add(Training(manifest, training, facts));
        }

        return stacks.ToImmutable();
    }

    private static RenderedStack Registry(AppManifest manifest, RenderFacts facts)
    {
        var template = Fold(StackKind.Registry, new ParameterValues().Set("Name", manifest.Name), facts);
        return Stack(StackKind.Registry, manifest, template, []);
    }

    private static RenderedStack Application(AppManifest manifest, RenderFacts facts)
    {
        var template = Fold(StackKind.Application, ApplicationParameters.Of(manifest, facts), facts);
        var resources = (JsonObject)template["Resources"]!;
        ApplicationAdditions.Add(resources, manifest);
        if (facts.StandingApplication is { } standing)
        {
            StandingService.Keep(resources, standing);
        }

        return Stack(StackKind.Application, manifest, template, ["CAPABILITY_IAM"]);
    }

    private static RenderedStack Training(AppManifest manifest, TrainingSettings training, RenderFacts facts)
    {
        var template = Fold(StackKind.Training, TrainingParameters.Of(manifest, training, facts), facts);
        return Stack(StackKind.Training, manifest, template, ["CAPABILITY_IAM"]);
    }

    private static JsonObject Fold(StackKind kind, ParameterValues values, RenderFacts facts) =>
        TemplateFolder.Fold(TemplateLibrary.Read(kind), values.Find, name => Pseudo(name, facts));

    private static string? Pseudo(string name, RenderFacts facts) => name switch
    {
        "AWS::Region" => facts.Region,
        "AWS::AccountId" => facts.Account,
        "AWS::Partition" => facts.Partition,
        _ => null,
    };

    private static RenderedStack Stack(StackKind kind, AppManifest manifest, JsonObject template, ImmutableArray<string> capabilities) =>
        new(kind, StackNames.Of(manifest.Name, kind), template, StackTags.Of(manifest), capabilities);
}
