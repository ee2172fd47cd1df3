using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Checking;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>A mistake in a template is found before anything is sent: how many of 60 drawn at random, with cfn-lint and without.</summary>
public class MutationSpecs
{
    private const int Seed = 60;
    private const int Mutations = 60;

    /// <summary>So that cfn-lint reads few templates; each mistake is in a resource of its own.</summary>
    private const int TemplateSets = 2;

    [Fact]
    public async Task Mistakes_are_caught_before_anything_is_sent()
    {
        var (made, stacks) = Draw(Seed, Mutations, TemplateSets);
        var ours = stacks.Select(stack => TemplateChecks.Of(stack).ToList()).ToList();
        Report("without cfn-lint", made, ours, atLeast: 0.80);

        Lint.Require();
        foreach (var set in stacks.Index().Chunk(Enum.GetValues<StackKind>().Length))
        {
            var linted = await Lint.Linter.CheckAsync([.. set.Select(one => one.Item)], "eu-central-1", TestContext.Current.CancellationToken);
            Assert.True(linted.Installed);
            foreach (var (at, stack) in set)
            {
                ours[at].AddRange(linted.Problems.Where(problem => problem.Kind == stack.Kind));
            }
        }

        Report("with cfn-lint", made, ours, atLeast: 0.95);
    }

    [Fact]
    public void Whatever_is_wrong_in_a_template_is_told_and_never_a_crash()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (made, stacks) = Draw(seed, Mutations, TemplateSets);
            Assert.NotEmpty(stacks.SelectMany(stack => TemplateChecks.Of(stack)));
            Assert.Equal(Mutations, made.Count);
        }
    }

    private static (List<(int Stack, Mutation Mutation)> Made, List<RenderedStack> Stacks) Draw(int seed, int count, int sets)
    {
        var random = new Random(seed);
        var mutator = new Mutator(random);
        var rows = Variants.Rows.OrderBy(_ => random.Next()).Where(row => row[16] == 2).Take(sets).ToList();
        var stacks = rows.SelectMany(row => Variants.Render(row).Stacks).ToList();
        Assert.All(stacks, stack => Assert.Empty(TemplateChecks.Of(stack)));

        var spared = stacks.Select(_ => new HashSet<string>(StringComparer.Ordinal)).ToList();
        var made = new List<(int, Mutation)>();
        while (made.Count < count)
        {
            var at = random.Next(stacks.Count);
            var kind = Mutator.Kinds[random.Next(Mutator.Kinds.Length)];
            if (mutator.Make(kind, stacks[at].Kind, stacks[at].Template, spared[at]) is { } mutation)
            {
                spared[at].Add(mutation.LogicalId);
                made.Add((at, mutation));
            }
        }

        return (made, stacks);
    }

    private static void Report(string how, List<(int Stack, Mutation Mutation)> made, List<List<TemplateProblem>> found, double atLeast)
    {
        var escaped = made.Where(one => !found[one.Stack].Exists(problem => Finds(problem, one.Mutation))).Select(one => one.Mutation).ToList();
        var kinds = string.Join(", ", made.GroupBy(one => one.Mutation.Kind).Select(group => $"{group.Key} {group.Count() - escaped.Count(mutation => mutation.Kind == group.Key)}/{group.Count()}"));
        var told = $"{how}: {made.Count - escaped.Count} of {made.Count} mistakes caught ({kinds})\n{string.Concat(escaped.Select(mutation => $"  escaped: {mutation}\n"))}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(made.Count - escaped.Count >= atLeast * made.Count, told);
    }

    /// <summary>At the same resource, and at the same place, around it or within it.</summary>
    private static bool Finds(TemplateProblem problem, Mutation mutation) =>
        problem.LogicalId == mutation.LogicalId && (Within(problem.Path, mutation.Path) || Within(mutation.Path, problem.Path) || Parent(problem.Path) == Parent(mutation.Path));

    private static bool Within(string path, string around) => path.StartsWith(around, StringComparison.Ordinal);

    private static string Parent(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";
}
