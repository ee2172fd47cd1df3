#pragma warning disable CA1416 // what is Unix only is skipped on Windows at run time
using MlDeploy.Local.Processes;
using MlDeploy.Local.Snapshots;

namespace MlDeploy.Specs.Local;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly TestFolder app = new("mldeploy app ünï");
    private readonly TestFolder state = new();
    private readonly SnapshotStore store;

    public SnapshotStoreTests() => store = new SnapshotStore(state.PathTo("snapshots"));

    public void Dispose()
    {
        app.Dispose();
        state.Dispose();
    }

    private SnapshotRequest Request(params string[] exclude) => new(app.Root, [.. exclude], 1L << 30);

    [Fact]
    public void A_snapshot_holds_what_the_working_directory_held()
    {
        app.Write("score.py", "print(1)");
        app.Write("modèle ü/weights 1.bin", "123");
        app.WriteScript("run.sh", "echo hi");
        Directory.CreateDirectory(app.PathTo("empty"));

        var snapshot = store.Take(Request());

        Assert.True(snapshot.Created);
        Assert.Equal(3, snapshot.Files);
        Assert.Equal("print(1)", File.ReadAllText(Path.Combine(snapshot.Directory, "score.py")));
        Assert.Equal("123", File.ReadAllText(Path.Combine(snapshot.Directory, "modèle ü", "weights 1.bin")));
        Assert.True(Directory.Exists(Path.Combine(snapshot.Directory, "empty")));
        Assert.True(store.Verify(snapshot.Digest).Intact);
        Assert.Equal([snapshot.Digest], store.List());
    }

    [Fact]
    public void Files_become_read_only_and_keep_their_time_and_executable_bit()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        var script = app.WriteScript("run.sh", "true");
        app.Write("data", "1");
        File.SetLastWriteTimeUtc(script, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        var snapshot = store.Take(Request());

        var copy = Path.Combine(snapshot.Directory, "run.sh");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(copy));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(snapshot.Directory, "data")));
        Assert.Equal(new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc), File.GetLastWriteTimeUtc(copy));
    }

    [Fact]
    public void The_same_content_gives_the_same_snapshot_again()
    {
        app.Write("a");
        app.Write("b/c");
        var first = store.Take(Request());
        var second = store.Take(Request());
        Assert.Equal(first.Digest, second.Digest);
        Assert.False(second.Created);
        Assert.Equal([first.Digest], store.List());
    }

    [Theory]
    [InlineData("content")]
    [InlineData("name")]
    [InlineData("executable")]
    [InlineData("empty folder")]
    [InlineData("kind")]
    public void Any_difference_gives_another_digest(string difference)
    {
        var file = app.Write("a", "one");
        var before = store.Take(Request()).Digest;
        switch (difference)
        {
            case "content": app.Write("a", "two"); break;
            case "name": File.Move(file, app.PathTo("b")); break;
            case "executable":
                Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
                break;
            case "empty folder": Directory.CreateDirectory(app.PathTo("new")); break;
            default:
                File.Delete(file);
                File.CreateSymbolicLink(file, "elsewhere");
                break;
        }

        Assert.NotEqual(before, store.Take(Request()).Digest);
    }

    [Fact]
    public void What_is_excluded_changes_nothing()
    {
        app.Write("app.py");
        var before = store.Take(Request("*.log", ".git", "data/**", "**/cache/")).Digest;
        app.Write("x.log");
        app.Write(".git/HEAD");
        app.Write("deep/cache/y");
        Directory.Delete(app.PathTo("deep"), recursive: true);
        Assert.Equal(before, store.Take(Request("*.log", ".git", "data/**", "**/cache/")).Digest);
    }

    [Fact]
    public void The_sources_may_change_afterwards()
    {
        app.Write("a", "old");
        var snapshot = store.Take(Request());
        app.Write("a", "new");
        Assert.Equal("old", File.ReadAllText(Path.Combine(snapshot.Directory, "a")));
        Assert.True(store.Verify(snapshot.Digest).Intact);
    }

    [Fact]
    public async Task Many_at_once_make_one()
    {
        for (var i = 0; i < 50; i++)
            app.Write($"file {i}", new string((char)('a' + i % 26), 10_000));
        var snapshots = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new SnapshotStore(state.PathTo("snapshots")).Take(Request()))));
        Assert.Single(snapshots.Select(snapshot => snapshot.Digest).Distinct());
        Assert.Single(snapshots, snapshot => snapshot.Created);
        Assert.Single(Directory.GetFileSystemEntries(state.PathTo("snapshots")));
        Assert.True(store.Verify(snapshots[0].Digest).Intact);
    }

    [Fact]
    public void Ten_thousand_files_are_no_trouble()
    {
        for (var i = 0; i < 10_000; i++)
            app.Write($"d{i % 100}/f{i}", $"{i}");
        var snapshot = store.Take(Request());
        Assert.Equal(10_000, snapshot.Files);
        Assert.True(store.Verify(snapshot.Digest).Intact);
        store.Delete(snapshot.Digest);
        Assert.Empty(store.List());
    }

    [Fact]
    public void Verify_names_what_was_changed_and_what_was_added()
    {
        app.Write("same");
        app.Write("changed");
        app.Write("gone");
        app.Write("retyped");
        var snapshot = store.Take(Request());
        Overwrite(Path.Combine(snapshot.Directory, "changed"), "tampered");
        File.Delete(Path.Combine(snapshot.Directory, "gone"));
        File.Delete(Path.Combine(snapshot.Directory, "retyped"));
        Directory.CreateDirectory(Path.Combine(snapshot.Directory, "retyped"));
        File.WriteAllText(Path.Combine(snapshot.Directory, "written by the application"), "");

        var check = store.Verify(snapshot.Digest);

        Assert.Equal(["changed has other content", "gone is missing", "retyped is no longer a file"], check.Problems);
        Assert.Equal(["written by the application"], check.Added);
    }

    [Fact]
    public void Taking_it_again_mends_a_damaged_one()
    {
        app.Write("changed", "right");
        app.Write("sub/gone", "right");
        app.Write("retyped", "right");
        var snapshot = store.Take(Request());
        Overwrite(Path.Combine(snapshot.Directory, "changed"), "wrong");
        Directory.Delete(Path.Combine(snapshot.Directory, "sub"), recursive: true);
        File.Delete(Path.Combine(snapshot.Directory, "retyped"));
        Directory.CreateDirectory(Path.Combine(snapshot.Directory, "retyped"));
        File.WriteAllText(Path.Combine(state.PathTo("snapshots"), snapshot.Digest, "entries.json"), "{");
        Assert.False(store.Verify(snapshot.Digest).Intact);

        Assert.False(store.Take(Request()).Created);

        Assert.Empty(store.Verify(snapshot.Digest).Problems);
    }

    [Fact]
    public void A_digest_cannot_name_another_folder()
    {
        Assert.ThrowsAny<Exception>(() => store.Delete("../../etc"));
        Assert.ThrowsAny<Exception>(() => store.DirectoryOf(new string('A', 64)));
        store.Delete(new string('a', 64));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_swept_and_what_is_being_written_stays()
    {
        app.Write("a");
        var me = ProcessIdentity.Current;
        var dead = state.PathTo("snapshots/.tmp-999999999-1-dead");
        var reused = state.PathTo($"snapshots/.tmp-{me.Pid}-{me.StartTicks - 1}-reused");
        var alive = state.PathTo($"snapshots/.tmp-{me.Pid}-{me.StartTicks}-alive");
        foreach (var folder in (string[])[dead, reused, alive])
            Directory.CreateDirectory(Path.Combine(folder, "content"));

        store.Take(Request());

        Assert.False(Directory.Exists(dead));
        Assert.False(Directory.Exists(reused));
        Assert.True(Directory.Exists(alive));
    }

    internal static void Overwrite(string path, string content)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, content);
    }
}
