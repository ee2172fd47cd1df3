using System.Collections.Immutable;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Checking;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Rules;
using MlDeploy.Local.Processes;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnAws;

/// <param name="Stacks">As far as they could be rendered.</param>
/// <param name="Linted">False when cfn-lint is not installed, and what only it knows was not checked.</param>
internal sealed record CheckedStacks(ImmutableArray<RenderedStack> Stacks, ImmutableArray<ManifestProblem> Problems, bool Linted);

/// <summary>The manifest's stacks, rendered and checked by the rules, by our own checks and by cfn-lint: the same for validate, render, plan and provision.</summary>
internal static class AwsTemplates
{
    /// <param name="lint">Also by cfn-lint, which takes a second or two: for what sends templates. Our own checks are always run.</param>
    /// <exception cref="ManifestRejectedException">Something would be refused.</exception>
    public static async Task<ImmutableArray<RenderedStack>> RenderAsync(AppManifest manifest, ManifestOrigins origins, RenderFacts facts, CommandContext context, bool lint = false)
    {
        var found = await CheckAsync(manifest, origins, facts, context, lint);
        return found.Problems.IsEmpty ? found.Stacks : throw new ManifestRejectedException(found.Problems);
    }

    public static async Task<CheckedStacks> CheckAsync(AppManifest manifest, ManifestOrigins origins, RenderFacts facts, CommandContext context, bool lint = true)
    {
        var rules = TargetRules.ForAws(manifest, origins);
        if (manifest.Targets.Aws is not { } aws)
        {
            return new CheckedStacks([], rules, Linted: false);
        }

        var (stacks, problems) = StackRenderer.RenderChecked(Renderable(manifest), facts with { CustomTemplates = await CustomTemplates.ReadAsync(aws.Template, context.Stop) });
        if (problems.IsEmpty && rules.IsEmpty)
        {
            if (!lint)
            {
                return new CheckedStacks(stacks, [], Linted: false);
            }

            var environment = ApplicationEnvironment.Compose(context.Surroundings.Variable, ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);
            var linted = await new CfnLint(new CommandRunner(context.Clock), environment).CheckAsync(stacks, aws.Region, context.Stop);
            return new CheckedStacks(stacks, ProblemOrigins.Locate(linted.Problems, manifest, origins), linted.Installed);
        }

        // What a rule has told of a setting comes back from the template it was rendered to: only what is the template's own is added.
        var located = ProblemOrigins.Locate(problems, manifest, origins);
        return new CheckedStacks(stacks, [.. rules, .. rules.IsEmpty ? located : located.Where(problem => problem.Path is not "targets.aws")], Linted: false);
    }

    /// <summary>Without what cannot be rendered and what the rules have told of already.</summary>
    private static AppManifest Renderable(AppManifest manifest) => manifest with
    {
        Application = manifest.Application with { Secrets = manifest.Application.Secrets.RemoveRange(manifest.Application.Secrets.Where(secret => secret.Value.Source == SecretSource.Env).Select(secret => secret.Key)) },
    };
}
