using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using MlDeploy.Local.Control;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.LocalState;

public sealed class VersionIdentitySpecs : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly string digest = Digests.Of("content");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("v1.2_3-rc", "v1.2_3-rc-")]
    [InlineData("../../etc", "_.._.._etc-")]
    [InlineData(".", "_.-")]
    [InlineData("--force", "_--force-")]
    [InlineData("a b/c\\d:é\n", "a_b_c_d___-")]
    [InlineData("", "_-")]
    public void An_id_is_fit_for_a_file_name_a_header_and_an_argument(string label, string begin) =>
        Assert.StartsWith(begin, VersionIdentity.Id(label, digest), StringComparison.Ordinal);

    [Fact]
    public void Whatever_the_label_the_id_is_one_plain_file_name_and_labels_that_differ_stay_different() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(2, 3), Prop.ForAll(ArbMap.Default.ArbFor<string>(), ArbMap.Default.ArbFor<string>(), (one, other) =>
        {
            var (first, second) = (VersionIdentity.Id(one ?? "", digest), VersionIdentity.Id(other ?? "", digest));
            return first.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-')
                && first[0] is not '.' and not '-' && first.Length <= 62 && first == VersionIdentity.Id(one ?? "", digest)
                && (first == second) == ((one ?? "") == (other ?? ""));
        }));

    [Theory]
    [InlineData("a/b", "a_b")]
    [InlineData("é", "ü")]
    public void Labels_that_look_alike_when_made_safe_are_different_versions(string one, string other) =>
        Assert.NotEqual(VersionIdentity.Id(one, digest), VersionIdentity.Id(other, digest));

    [Fact]
    public void Long_labels_that_begin_alike_are_different_versions() =>
        Assert.NotEqual(VersionIdentity.Id(new string('a', 60) + "1", digest), VersionIdentity.Id(new string('a', 60) + "2", digest));

    [Fact]
    public void The_same_content_and_settings_are_the_same_version_and_how_it_is_rolled_out_changes_nothing()
    {
        folder.Write("app/run.txt", "one");
        var first = Create(Reading.Minimal);

        Assert.Equal(first, Create(Reading.Minimal));
        Assert.Equal(first, Create(Reading.WithRollout("{ strategy: blue-green, bake: 1m }")));
        Assert.NotEqual(first, Create(Reading.Minimal.Replace("command: [run]", "command: [run, fast]", StringComparison.Ordinal)));
        Assert.NotEqual(first, Create(Reading.Minimal.Replace("version: v1", "version: v2", StringComparison.Ordinal)));
        folder.Write("app/run.txt", "two");
        Assert.NotEqual(first, Create(Reading.Minimal));
    }

    [Fact]
    public void Changed_secrets_are_another_version_and_nothing_of_them_stands_in_its_record()
    {
        folder.Write("app/run.txt", "one");
        var none = Create(Reading.Minimal);
        var secret = Create(Reading.Minimal, ("DB", "hunter2-hunter2"));

        Assert.Equal(secret, Create(Reading.Minimal, ("DB", "hunter2-hunter2")));
        Assert.Equal(3, new[] { none, secret, Create(Reading.Minimal, ("DB", "other")) }.Distinct().Count());
        Assert.DoesNotContain("hunter2", File.ReadAllText(Path.Combine(Paths.Version(secret), "version.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_whose_manifest_this_tool_no_longer_reads_does_not_keep_another_from_being_deployed()
    {
        folder.Write("app/run.txt", "one");
        var old = Create(Reading.Minimal);
        var file = Path.Combine(Paths.Version(old), "version.json");
        var record = PrivateFiles.Read(file, StateJson.Default.VersionRecord)!;
        PrivateFiles.Replace(file, record with { Manifest = "{}" }, StateJson.Default.VersionRecord);

        folder.Write("app/run.txt", "two");
        Assert.NotEqual(old, Create(Reading.Minimal));
    }

    private ApplicationPaths Paths => new StatePaths(folder.PathTo("state")).Application("app");

    private string Create(string yaml, params (string Name, string Value)[] secrets)
    {
        var manifest = Core.Manifest.ManifestReader.Read(new Core.Manifest.ManifestSource("mlapp.yaml", System.Text.Encoding.UTF8.GetBytes(yaml), folder.PathTo("app"))).Manifest!;
        var request = new DeployRequest(manifest.CanonicalJson, secrets.ToImmutableSortedDictionary(secret => secret.Name, secret => secret.Value), ImmutableSortedDictionary<string, string>.Empty, "ann", null);
        var state = new StatePaths(folder.PathTo("state"));
        PrivateFiles.CreateFolder(Paths.Folder);
        return new VersionStore(Paths, state, TimeProvider.System).Create(request, manifest, 1, TestContext.Current.CancellationToken).Version.Id;
    }
}
