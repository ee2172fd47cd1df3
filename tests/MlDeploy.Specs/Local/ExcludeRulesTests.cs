using MlDeploy.Core.Errors;
using MlDeploy.Local.Snapshots;

namespace MlDeploy.Specs.Local;

public sealed class ExcludeRulesTests
{
    [Theory]
    [InlineData("*.log", "app.log", true)]
    [InlineData("*.log", "deep/down/app.log", true)]
    [InlineData("*.log", "app.log.txt", false)]
    [InlineData(".git", ".git", true)]
    [InlineData(".git", "sub/.git", true)]
    [InlineData(".git", ".github", false)]
    [InlineData("data/**", "data/a/b.csv", true)]
    [InlineData("data/**", "data", false)]
    [InlineData("data/**", "other/data/b.csv", false)]
    [InlineData("**/cache", "cache", true)]
    [InlineData("**/cache", "a/b/cache", true)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z", true)]
    [InlineData("a/**/z", "b/a/z", false)]
    [InlineData("/build", "build", true)]
    [InlineData("/build", "sub/build", false)]
    [InlineData("./build", "build", true)]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "x/a/b", false)]
    [InlineData("file?.txt", "file1.txt", true)]
    [InlineData("file?.txt", "file/.txt", false)]
    [InlineData("[a-c]*", "bcd", true)]
    [InlineData("[!a-c]*", "bcd", false)]
    [InlineData("[!a-c]*", "xyz", true)]
    [InlineData(@"\*.txt", "*.txt", true)]
    [InlineData(@"\*.txt", "a.txt", false)]
    [InlineData("*", "anything at all", true)]
    [InlineData("modèle*.bin", "modèle ünï.bin", true)]
    [InlineData("a+b(c).txt", "a+b(c).txt", true)]
    [InlineData("*.py", "line\nbreak.py", true)]
    public void Patterns_mean_what_they_mean_in_gitignore(string pattern, string path, bool excluded) =>
        Assert.Equal(excluded, ExcludeRules.Compile([pattern]).Excludes(path, isDirectory: false));

    [Fact]
    public void A_trailing_slash_matches_folders_only()
    {
        var rules = ExcludeRules.Compile(["build/"]);
        Assert.True(rules.Excludes("build", isDirectory: true));
        Assert.False(rules.Excludes("build", isDirectory: false));
    }

    [Fact]
    public void The_last_matching_pattern_decides()
    {
        var rules = ExcludeRules.Compile(["*.log", "!keep.log", "tmp/keep.log"]);
        Assert.True(rules.Excludes("a.log", isDirectory: false));
        Assert.False(rules.Excludes("keep.log", isDirectory: false));
        Assert.True(rules.Excludes("tmp/keep.log", isDirectory: false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("../secrets")]
    [InlineData("a//b")]
    [InlineData("[abc")]
    [InlineData("[z-a]")]
    public void A_pattern_that_cannot_be_meant_is_an_error(string pattern)
    {
        var error = Assert.Throws<ExpectedException>(() => ExcludeRules.Compile(["*.log", pattern]));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains($"`{pattern}`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_made_to_explode_takes_no_time()
    {
        var rules = ExcludeRules.Compile([string.Concat(Enumerable.Repeat("*a", 30)) + "b"]);
        Assert.False(rules.Excludes(new string('a', 5_000), isDirectory: false));
    }
}
