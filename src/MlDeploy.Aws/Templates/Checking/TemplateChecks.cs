using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Checking.Services;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>What we check ourselves before anything is sent, with nothing installed. Every check is run and everything found is told.</summary>
public static class TemplateChecks
{
    private static readonly Action<CheckedTemplate>[] All =
    [
        StructureCheck.Run,
        ReferenceCheck.Run,
        FargateCheck.Run,
        NameCheck.Run,
        CodeDeployCheck.Run,
        MetricCheck.Run,
        DashboardCheck.Run,
        NotificationCheck.Run,
        PolicyCheck.Run,
        HasOutputs,
        HasWhatDeploymentsNeed,
        FitsARequest,
    ];

    public static ImmutableArray<TemplateProblem> Of(RenderedStack stack) => Of(stack.Kind, stack.Template);

    /// <param name="template">A literal template, as it is sent.</param>
    public static ImmutableArray<TemplateProblem> Of(StackKind kind, JsonObject template)
    {
        var checking = new CheckedTemplate(kind, template);
        foreach (var check in All)
        {
            check(checking);
        }

        // Two checks may find the same thing at the same place: the first says it best.
        return [.. checking.Problems.DistinctBy(problem => (problem.LogicalId, problem.Path))];
    }

    private static void HasOutputs(CheckedTemplate template)
    {
        var outputs = template.Template["Outputs"] as JsonObject ?? [];
        foreach (var output in StackOutputs.Of(template.Kind).Where(output => outputs[output].At("Value") is null))
        {
            template.Report(null, $"Outputs/{output}", "is missing, and later steps read it", null, string.Join(", ", StackOutputs.Of(template.Kind)), $"Give the output {output}.");
        }
    }

    /// <summary>Each deployment renders its own task definition from this one.</summary>
    private static void HasWhatDeploymentsNeed(CheckedTemplate template)
    {
        if (template.Kind == StackKind.Application
            && (template.TypeOf(LogicalIds.TaskDefinition) is not "AWS::ECS::TaskDefinition"
                || (template.Resources[LogicalIds.TaskDefinition].At("Properties").At("ContainerDefinitions") as JsonArray)?.Any(container => Intrinsics.Text(container.At("Name")) is LogicalIds.Container) != true))
        {
            template.Report(LogicalIds.TaskDefinition, "", $"is no task definition with a container named {LogicalIds.Container}, and each deployment is rendered from it", null, null, "Keep it, under this logical id.");
        }
    }

    private static void FitsARequest(CheckedTemplate template)
    {
        var size = Encoding.UTF8.GetByteCount(template.Template.ToJsonString());
        if (size > RenderedStack.LongestBody)
        {
            template.Report(null, "", $"has {size:N0} bytes", null, $"at most {RenderedStack.LongestBody:N0} bytes, which fit a request", "Shorten the overrides, or the dashboard.");
        }
    }
}
