using MlDeploy.Aws.Templates;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>Manifests and their stacks for the specifications.</summary>
internal static class Rendering
{
    public const string OnAws = """
        apiVersion: mldeploy/v1
        name: fraud-scoring
        version: v1
        application: { image: "registry.example/fraud:1.4.0" }
        rollout: { steps: [ { weight: 10%, for: 5m } ], bake: 10m }
        targets: { aws: { region: eu-central-1 } }

        """;

    public static RenderedStack Application(params string[] set) => Stack(StackKind.Application, RenderFacts.None, set);

    public static RenderedStack Stack(StackKind kind, RenderFacts facts, params string[] set) =>
        StackRenderer.Render(Reading.Valid(OnAws, set: set), facts).Single(stack => stack.Kind == kind);
}
