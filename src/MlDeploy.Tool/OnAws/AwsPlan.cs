using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Cost;
using MlDeploy.Aws.Stacks;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnAws.Planning;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy plan --target aws`: reads templates and stacks, or a folder of an earlier `render`; makes no change set.</summary>
internal static class AwsPlan
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var usable = await AwsAccess.ManifestAsync(parse, context);
        var manifest = usable.Manifest;
        var (rendering, plans) = parse.GetValue(PlanCommand.Against) is { } path
            ? await AgainstRenderedAsync(usable, Path.GetFullPath(path, context.Surroundings.WorkingDirectory), path, context)
            : await AgainstAccountAsync(usable, context);
        var cost = parse.GetValue(PlanCommand.Cost) ? Estimate(rendering) : null;
        if (parse.GetValue(PlanCommand.Markdown) is { } markdown)
        {
            await WriteAsync(Path.GetFullPath(markdown, context.Surroundings.WorkingDirectory), PlanMarkdown.Of(manifest.Name, plans), context.Stop);
        }

        var document = PlanDocuments.Of(manifest.Name, plans) with { Cost = cost?.Cost };
        context.Results.Write("stack-plan", document, PlanJson.Default.StackPlanDocument, (text, palette) =>
        {
            PlanText.Write(plans, text, palette, context.Verbose);
            if (cost is not null)
            {
                text.WriteLine();
                text.Write(cost.Cost is { } known ? CostText.Of(known) : CostText.Unknown(cost.Region));
            }
        });
        return document.Changes && PlanCommand.WantsDetailedExitCode(parse) ? ExitCode.ChangesPlanned : ExitCode.Done;
    }

    /// <summary>Two calls a stack, at the same time; for the application four more, about what runs.</summary>
    private static async Task<(Rendering Rendering, ImmutableArray<StackPlan> Plans)> AgainstAccountAsync(UsableManifest usable, CommandContext context)
    {
        using var session = await AwsAccess.OpenAsync(usable.Manifest.Targets.Aws, context);
        var rendering = await Rendering.ForAsync(usable, session, context);
        return (rendering, [.. await Task.WhenAll(Rendering.Provisioned.Select(kind => PlanAsync(rendering, kind, usable.Folder, session, context.Stop)))]);
    }

    private static async Task<StackPlan> PlanAsync(Rendering rendering, StackKind kind, string folder, AwsSession session, CancellationToken stop)
    {
        var wanted = rendering.Wanted(kind);
        var plan = StackPlanner.Plan(wanted, await StackReader.ReadAsync(session.CloudFormation, wanted.Name, stop), SchemaTable.CreateOnly);
        return kind == StackKind.Application && plan.Action != StackAction.Create ? await NextDeployment.TellAsync(plan, rendering, folder, session, stop) : plan;
    }

    private static async Task<(Rendering Rendering, ImmutableArray<StackPlan> Plans)> AgainstRenderedAsync(UsableManifest usable, string path, string asWritten, CommandContext context)
    {
        var manifest = usable.Manifest;
        if (!Directory.Exists(path) && !File.Exists(path))
        {
            throw new ExpectedException(ExitCode.Usage, $"there is no {asWritten}", "write one with `mldeploy render --target aws --out FOLDER`, from the commit to compare with");
        }

        var rendering = await Rendering.ForAsync(usable, new RenderFacts { Region = manifest.Targets.Aws!.Region }, context);
        var stacks = rendering.Stacks().Select(stack => (Stack: stack, Earlier: RenderedFiles.Read(path, stack))).ToArray();
        return stacks.Any(pair => pair.Earlier is not null)
            ? (rendering, [.. stacks.Where(pair => Directory.Exists(path) || pair.Earlier is not null).Select(pair => StackPlanner.Plan(WantedStack.From(pair.Stack), pair.Earlier, SchemaTable.CreateOnly))])
            : throw new ExpectedException(ExitCode.Usage, $"{asWritten} holds no stack of {manifest.Name}", $"files are named after the stacks, such as {StackNames.Of(manifest.Name, StackKind.Application)}.yaml");
    }

    /// <summary>Of the stacks that `provision` makes; what `train` makes is used for hours, not months.</summary>
    private static Estimated Estimate(Rendering rendering)
    {
        var region = rendering.Facts.Region ?? "the region of the credentials";
        return new Estimated(region, MonthlyEstimate.Of([.. rendering.Stacks().Where(stack => Rendering.Provisioned.Contains(stack.Kind))], region));
    }

    private static async Task WriteAsync(string path, string text, CancellationToken stop)
    {
        try
        {
            await File.WriteAllTextAsync(path, text, stop);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot write {path}: {failure.Message}", "name a file that can be written with --markdown", failure);
        }
    }

    /// <param name="Cost">Null: no prices for the region.</param>
    private sealed record Estimated(string Region, MonthlyCost? Cost);
}
