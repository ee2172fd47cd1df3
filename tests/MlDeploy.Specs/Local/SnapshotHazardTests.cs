#pragma warning disable CA1416 // what is Unix only is skipped on Windows at run time
using System.Diagnostics;
using System.Net.Sockets;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Snapshots;

namespace MlDeploy.Specs.Local;

/// <summary>What can stand in a working directory, or happen to it, that is not simply a file.</summary>
public sealed class SnapshotHazardTests : IDisposable
{
    private readonly TestFolder app = new("mldeploy app");
    private readonly TestFolder state = new();
    private readonly SnapshotStore store;

    public SnapshotHazardTests() => store = new SnapshotStore(state.PathTo("snapshots"));

    public void Dispose()
    {
        app.Dispose();
        state.Dispose();
    }

    private SnapshotRequest Request(params string[] exclude) => new(app.Root, [.. exclude], 1L << 30);

    private ExpectedException Refusal(SnapshotRequest? request = null)
    {
        var error = Assert.Throws<ExpectedException>(() => store.Take(request ?? Request()));
        Assert.NotEmpty(error.Remedy);
        if (Directory.Exists(state.PathTo("snapshots")))
            Assert.Empty(Directory.GetFileSystemEntries(state.PathTo("snapshots")));
        return error;
    }

    [Fact]
    public void Links_inside_stay_links()
    {
        app.Write("models/v7.bin", "seven");
        File.CreateSymbolicLink(app.PathTo("models/latest.bin"), "v7.bin");
        File.CreateSymbolicLink(app.PathTo("absolute"), app.PathTo("models/v7.bin"));
        Directory.CreateSymbolicLink(app.PathTo("folder"), "models");
        File.CreateSymbolicLink(app.PathTo("dangling"), "models/excluded.bin");

        var snapshot = store.Take(Request());
        Directory.Delete(app.PathTo("models"), recursive: true);

        Assert.Equal("v7.bin", new FileInfo(Path.Combine(snapshot.Directory, "models/latest.bin")).LinkTarget);
        foreach (var path in (string[])["models/latest.bin", "absolute", "folder/v7.bin"])
            Assert.Equal("seven", File.ReadAllText(Path.Combine(snapshot.Directory, path)));
        Assert.Contains(snapshot.Notes, note => note.StartsWith("dangling points at models/excluded.bin", StringComparison.Ordinal));
        Assert.True(store.Verify(snapshot.Digest).Intact);
    }

    [Fact]
    public void Links_that_leave_the_working_directory_are_refused_all_at_once()
    {
        File.CreateSymbolicLink(app.PathTo("up"), "../elsewhere");
        File.CreateSymbolicLink(app.PathTo("away"), Path.GetTempPath());
        // Looks inside, leads outside: `away/..` is not this folder.
        File.CreateSymbolicLink(app.PathTo("sly"), "away/../" + Path.GetFileName(Path.GetTempPath().TrimEnd('/')));

        var error = Refusal();

        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("up -> ../elsewhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("away -> ", error.Message, StringComparison.Ordinal);
        Assert.Contains("sly -> ", error.Message, StringComparison.Ordinal);
        Assert.NotNull(store.Take(Request("up", "away", "sly")));
    }

    [Fact]
    public void Sockets_and_pipes_are_left_out_and_said_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix files");
        app.Write("a");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(app.PathTo("s.sock")));
        using (var mkfifo = Process.Start("mkfifo", [app.PathTo("pipe")]))
            mkfifo.WaitForExit();

        var snapshot = store.Take(Request());

        Assert.Equal(1, snapshot.Files);
        Assert.Equal(2, snapshot.Notes.Length);
        Assert.All(snapshot.Notes, note => Assert.Contains("a socket, a pipe or a device", note, StringComparison.Ordinal));
    }

    [Fact]
    public void Beyond_the_limit_the_largest_are_named()
    {
        app.Write("data/train.csv", new string('x', 3 << 20));
        app.Write("model.bin", new string('x', 2 << 20));
        app.Write("small", "x");

        var error = Refusal(Request() with { Limit = 4 << 20 });

        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("holds 5 MiB, more than application.snapshotLimit allows (4 MiB). Largest: data/ (3 MiB), model.bin (2 MiB)", error.Message, StringComparison.Ordinal);
        Assert.Contains("application.exclude", error.Remedy, StringComparison.Ordinal);
        Assert.NotNull(store.Take(Request("data/") with { Limit = 4 << 20 }));
    }

    [Fact]
    public void An_unreadable_file_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        var path = app.Write("secret.key");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root reads everything");
        var error = Refusal();
        Assert.Equal(ExitCode.TargetFailed, error.ExitCode);
        Assert.Contains("secret.key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_working_directory_is_named()
    {
        var error = Refusal(Request() with { WorkingDirectory = app.PathTo("nowhere") });
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_not_unicode_is_an_error_and_not_a_missing_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems do not let such names be made");
        using (var shell = Process.Start("sh", ["-c", $"touch \"$(printf '{app.Root}/bad\\377name')\""]))
            shell.WaitForExit();
        try
        {
            Assert.Contains("not valid UTF-8", Refusal().Message, StringComparison.Ordinal);
        }
        finally
        {
            // .NET cannot name it to remove it.
            Run("sh", "-c", "rm -f \"$1\"/bad*", "sh", app.Root);
        }
    }

    [Fact]
    public void The_state_directory_inside_the_working_directory_is_left_out()
    {
        app.Write("a");
        var inside = new SnapshotStore(app.PathTo("state/snapshots"));
        var request = Request() with { OwnDirectories = [app.PathTo("state")] };
        Directory.CreateDirectory(app.PathTo("state"));
        var first = inside.Take(request);
        var second = inside.Take(request);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(1, first.Files);
        Assert.Contains(first.Notes, note => note.StartsWith("state was left out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_working_directory_inside_the_state_directory_is_refused()
    {
        var inside = Directory.CreateDirectory(state.PathTo("state/app")).FullName;
        var error = Refusal(Request() with { WorkingDirectory = inside, OwnDirectories = [state.PathTo("state")] });
        Assert.Contains("its own state", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_keeps_changing_gives_no_torn_copy()
    {
        const int Length = 64 << 20; // copied for long enough that a busy machine lets the writer in between
        var path = app.Write("live.db", new string('a', Length));
        using var stop = new CancellationTokenSource();
        using var writing = new ManualResetEventSlim();
        var writer = Task.Factory.StartNew(() =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                stream.Position = i * 4099L % Length;
                stream.WriteByte((byte)i);
                stream.Flush();
                writing.Set();
            }
        }, TaskCreationOptions.LongRunning);
        writing.Wait();
        try
        {
            var error = Refusal();
            Assert.Contains("kept changing", error.Message, StringComparison.Ordinal);
            Assert.Equal(ExitCode.TargetFailed, error.ExitCode);
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }

        Assert.NotNull(store.Take(Request()));
    }

    [Fact]
    public void A_full_disk_is_said_and_leaves_nothing_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a small disk needs root on Linux");
        var disk = Directory.CreateDirectory(state.PathTo("disk")).FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk) == 0, "this environment does not let a tmpfs be mounted");
        try
        {
            app.Write("large", new string('x', 3 << 20));
            var error = Assert.Throws<ExpectedException>(() => new SnapshotStore(Path.Combine(disk, "snapshots")).Take(Request()));
            Assert.Equal(ExitCode.TargetFailed, error.ExitCode);
            Assert.Contains("is full", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(disk, "snapshots")));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [Fact]
    public void A_read_only_state_directory_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a read-only disk needs root on Linux");
        app.Write("a");
        var disk = Directory.CreateDirectory(state.PathTo("disk")).FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk) == 0, "this environment does not let a tmpfs be mounted");
        try
        {
            var error = Assert.Throws<ExpectedException>(() => new SnapshotStore(Path.Combine(disk, "snapshots")).Take(Request()));
            Assert.Equal(ExitCode.TargetFailed, error.ExitCode);
            Assert.Contains("XDG_STATE_HOME", error.Remedy, StringComparison.Ordinal);
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind()
    {
        app.Write("a");
        Assert.ThrowsAny<OperationCanceledException>(() => store.Take(Request(), new CancellationToken(canceled: true)));
        Assert.Empty(store.List());
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
