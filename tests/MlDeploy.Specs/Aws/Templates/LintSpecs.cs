using MlDeploy.Aws.Templates;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>What we send is right: by AWS's linter and by our own checks, in every pair of settings that the templates branch on.</summary>
public class LintSpecs
{
    [Fact]
    public async Task The_templates_as_they_lie_in_the_repository_are_valid_by_themselves() =>
        Assert.Empty(await Lint.FilesAsync(Directory.GetFiles(Path.Combine(Golden.Repository, "templates", "aws"), "*.yaml")));

    [Fact]
    public async Task Every_pair_of_settings_renders_to_templates_that_cfn_lint_and_our_own_checks_pass()
    {
        var rows = Variants.Rows;
        using var folder = new TemporaryFolder();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < rows.Count; at++)
        {
            var (stacks, problems) = Variants.Render(rows[at]);
            Assert.True(problems.IsEmpty, $"{Variants.Describe(rows[at])}\n{string.Join('\n', problems)}");
            foreach (var stack in stacks)
            {
                // Many rows come to the same registry and training stacks.
                files.TryAdd(stack.ToYaml(), Path.Combine(folder.Path, $"{at:00}-{StackNames.Word(stack.Kind)}.yaml"));
            }
        }

        foreach (var (text, file) in files)
        {
            File.WriteAllText(file, text);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rows.Count} rows cover every pair; {files.Count} distinct templates");
        var findings = await Lint.FilesAsync(files.Values);
        Assert.True(findings.Count == 0, string.Join('\n', findings.Select(finding => $"{finding}\n    {Variants.Describe(rows[int.Parse(Path.GetFileName(finding)[..2])])}")));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("mldeploy-lint-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
