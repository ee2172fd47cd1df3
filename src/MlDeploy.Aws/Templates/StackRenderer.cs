using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Aws.Templates.Checking;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Aws.Templates.Overrides;
using MlDeploy.Aws.Templates.Training;
using MlDeploy.Aws.Templates.Yaml;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates;

/// <param name="Stacks">In the order they are created; also when there are problems, as far as they could be rendered.</param>
/// <param name="Problems">Everything that would be refused; empty when the stacks can be sent.</param>
public sealed record RenderResult(ImmutableArray<RenderedStack> Stacks, ImmutableArray<TemplateProblem> Problems);

/// <summary>Manifest → the stacks as they are sent: fold the template, add what has no fixed length, apply overrides, check.</summary>
/// <remarks>Pure: equal manifests and facts give equal templates.</remarks>
public static class StackRenderer
{
    private static readonly (string Type, string Property)[] OwnNames =
    [
        ("AWS::IAM::Role", "RoleName"), ("AWS::IAM::User", "UserName"), ("AWS::IAM::Group", "GroupName"),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"), ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ];

    /// <summary>For what acts: the stacks, all of them right as far as we can know.</summary>
    /// <exception cref="ExpectedException">Exit 3 with every problem; the same that <see cref="RenderChecked"/> lists.</exception>
    public static ImmutableArray<RenderedStack> Render(AppManifest manifest, RenderFacts facts)
    {
        var (stacks, problems) = RenderChecked(manifest, facts);
        return problems.IsEmpty ? stacks : throw new ExpectedException(ExitCode.Usage, ProblemSummary.Of(problems), "correct targets.aws, then run `mldeploy validate -t aws`");
    }

    /// <param name="manifest">Valid for aws (TargetRules).</param>
    public static RenderResult RenderChecked(AppManifest manifest, RenderFacts facts)
    {
        var aws = manifest.Targets.Aws ?? throw new ArgumentException("the manifest has no targets.aws: validate it for aws first", nameof(manifest));
        var problems = ImmutableArray.CreateBuilder<TemplateProblem>();
        var templates = new SortedDictionary<StackKind, JsonObject>();
        foreach (var (kind, values) in Values(manifest, facts))
        {
            if (Fold(kind, values, facts, problems) is { } template)
            {
                templates.Add(kind, template);
            }
        }

        if (templates.TryGetValue(StackKind.Application, out var application))
        {
            ApplicationAdditions.Add(ResourcesOf(application), manifest);
        }

        problems.AddRange(OverridePatch.Apply(templates, JsonNode.Parse(aws.Overrides) as JsonObject ?? []));
        foreach (var (kind, template) in templates)
        {
            problems.AddRange(TemplateChecks.Of(kind, template));
        }

        return new RenderResult([.. templates.Select(template => Stack(template.Key, manifest, template.Value))], problems.ToImmutable());
    }

    private static IEnumerable<(StackKind Kind, ParameterValues Values)> Values(AppManifest manifest, RenderFacts facts)
    {
        yield return (StackKind.Registry, new ParameterValues().Set("Name", manifest.Name));
        yield return (StackKind.Application, ApplicationParameters.Of(manifest, facts));
        if (manifest.Training is { } training)
        {
            yield return (StackKind.Training, TrainingParameters.Of(manifest, training, facts));
        }
    }

    private static JsonObject? Fold(StackKind kind, ParameterValues values, RenderFacts facts, ImmutableArray<TemplateProblem>.Builder problems)
    {
        var custom = facts.CustomTemplates.GetValueOrDefault(kind);
        try
        {
            var template = custom is null ? TemplateLibrary.Read(kind) : TemplateYamlReader.Read(custom.Text);
            var folded = TemplateFolder.Fold(template, values.Find, name => Pseudo(name, facts));
            _ = folded["Resources"] as JsonObject ?? throw new FoldingException("it has no Resources");
            return folded;
        }
        catch (TemplateSyntaxException invalid) when (custom is not null)
        {
            problems.Add(new TemplateProblem(kind, null, "", $"{custom.Name}:{invalid.Line}:{invalid.Column} {invalid.Message}", null, null, "Correct the template."));
        }
        catch (FoldingException impossible) when (custom is not null)
        {
            problems.Add(new TemplateProblem(kind, null, "", $"{custom.Name}: {impossible.Message}", null, $"parameters with a default, or of these: {string.Join(", ", values.Names)}", "Correct the template."));
        }

        return null;
    }

    private static string? Pseudo(string name, RenderFacts facts) => name switch
    {
        "AWS::Region" => facts.Region,
        "AWS::AccountId" => facts.Account,
        "AWS::Partition" => facts.Partition,
        _ => null,
    };

    private static RenderedStack Stack(StackKind kind, AppManifest manifest, JsonObject template) =>
        new(kind, StackNames.Of(manifest.Name, kind), template, StackTags.Of(manifest), Capabilities(template));

    /// <summary>What CloudFormation wants acknowledged before it makes roles (CloudFormation, "CreateStack": Capabilities).</summary>
    private static ImmutableArray<string> Capabilities(JsonObject template)
    {
        var iam = ResourcesOf(template).Select(resource => (Type: Intrinsics.Text(resource.Value.At("Type")) ?? "", Properties: resource.Value.At("Properties")))
            .Where(resource => resource.Type.StartsWith("AWS::IAM::", StringComparison.Ordinal)).ToList();
        return iam.Exists(resource => OwnNames.Any(name => string.Equals(resource.Type, name.Type, StringComparison.Ordinal) && resource.Properties.At(name.Property) is not null)) ? ["CAPABILITY_NAMED_IAM"]
            : iam.Count > 0 ? ["CAPABILITY_IAM"]
            : [];
    }

    private static JsonObject ResourcesOf(JsonObject template) => (JsonObject)template["Resources"]!;
}
