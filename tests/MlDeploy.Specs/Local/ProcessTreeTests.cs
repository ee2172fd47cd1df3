using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

public sealed class ProcessTreeTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ProcessTable table = new(TimeProvider.System);
    private readonly string cookie = $"specs/{Guid.NewGuid():N}";

    public ProcessTreeTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the whole tree is known on Linux only");

    public void Dispose()
    {
        foreach (var identity in table.Instances().GetValueOrDefault(cookie, []))
            Signals.Send(identity, Signals.Kill);
        folder.Dispose();
    }

    private RunningProcess Start(string script) => ProcessLauncher.Start(
        new LaunchSpec(["sh", "-c", script], folder.Root, TestApp.Environment(cookie), folder.PathTo("log")), TimeProvider.System);

    private ProcessTree Tree() => new(cookie, table, TimeProvider.System);

    private async Task<int> PidInAsync(string file)
    {
        var pid = 0;
        await Eventually.Becomes(() => File.Exists(folder.PathTo(file)) && int.TryParse(File.ReadAllText(folder.PathTo(file)), out pid), file);
        return pid;
    }

    [Fact]
    public async Task Children_and_daemonised_grandchildren_are_found_and_ended()
    {
        using var process = Start("sleep 600 & (setsid sleep 600 >/dev/null 2>&1 & echo $! >grandchild) ; echo $! >child; wait");
        var child = await PidInAsync("child");
        var grandchild = await PidInAsync("grandchild");
        await Eventually.Becomes(() => ProcStat.Read(grandchild)?.Session == grandchild, "the grandchild has its own session");

        Assert.Equal(new HashSet<int> { process.Identity.Pid, child, grandchild }, Tree().Members(TimeSpan.Zero).Select(member => member.Pid).ToHashSet());
        Assert.Empty(await Tree().StopAsync(TimeSpan.FromSeconds(10)));

        Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
        Assert.Null(ProcessIdentity.Of(grandchild));
        Assert.Equal(143, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task A_child_that_cleared_its_environment_is_still_found()
    {
        using var process = Start("env -i sleep 600 & echo $! >child; wait");
        var child = await PidInAsync("child");
        await Eventually.Becomes(() => File.ReadAllText($"/proc/{child}/comm") == "sleep\n", "exec");
        var tree = Tree();
        Assert.Contains(tree.Members(TimeSpan.Zero), member => member.Pid == child);

        // Once seen it stays known, also when its parent is gone and with it the only trace.
        Signals.Send(process.Identity, Signals.Kill);
        await process.WaitForExitAsync();
        Assert.Equal([child], tree.Members(TimeSpan.Zero).Select(member => member.Pid));
        Assert.Empty(await tree.StopAsync(TimeSpan.Zero));
        Assert.Null(ProcessIdentity.Of(child));
    }

    [Fact]
    public async Task What_ignores_SIGTERM_is_killed_after_the_grace_time()
    {
        using var process = Start("trap '' TERM; echo ready >ready; while :; do sleep 0.05; done");
        await Eventually.Becomes(() => File.Exists(folder.PathTo("ready")), "trap set");
        Assert.Empty(await Tree().StopAsync(TimeSpan.FromMilliseconds(300)));
        Assert.Equal(137, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task A_tree_that_grows_while_it_is_ended_is_ended_too()
    {
        using var process = Start("trap '' TERM; while :; do (trap '' TERM; sleep 600 & sleep 600) & sleep 0.02; done");
        await Eventually.Becomes(() => Tree().Members(TimeSpan.Zero).Length > 5, "it grows");
        Assert.Empty(await Tree().StopAsync(TimeSpan.FromMilliseconds(100)));
        Assert.Empty(table.Instances().GetValueOrDefault(cookie, []));
    }

    [Fact]
    public void A_process_id_that_was_used_again_is_never_signalled()
    {
        using var process = Start("exec sleep 600");
        var real = process.Identity;
        var earlier = real with { StartTicks = real.StartTicks - 1 };
        var otherBoot = real with { BootId = Guid.NewGuid().ToString() };

        foreach (var stranger in (ProcessIdentity[])[earlier, otherBoot])
        {
            Assert.False(stranger.IsAlive());
            Assert.False(Signals.Send(stranger, Signals.Kill));
            Assert.Null(RunningProcess.Adopt(stranger, TimeProvider.System));
        }

        Assert.True(real.IsAlive());
        Assert.True(Signals.Send(real, Signals.Kill));
    }

    [Fact]
    public async Task A_zombie_has_ended()
    {
        // Its parent sleeps and never waits for it.
        using var process = Start("sh -c 'sleep 0.05 & echo $! >zombie; exec sleep 600'");
        var zombie = await PidInAsync("zombie");
        await Eventually.Becomes(() => ProcStat.Read(zombie) is { State: 'Z' }, "a zombie");
        Assert.Null(ProcessIdentity.Of(zombie));
        Assert.DoesNotContain(Tree().Members(TimeSpan.Zero), member => member.Pid == zombie);
        Assert.Empty(await Tree().StopAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void An_identity_survives_json()
    {
        var me = ProcessIdentity.Current;
        Assert.Equal(me, System.Text.Json.JsonSerializer.Deserialize<ProcessIdentity>(System.Text.Json.JsonSerializer.Serialize(me)));
        Assert.True(me.IsAlive());
    }

    [Fact]
    public void Names_with_parentheses_and_spaces_do_not_confuse_the_reader()
    {
        var stat = ProcStat.Parse(7, "7 (a) R 1 (b c)) S 42 7 9 0 -1 4194304 1 2 3 4 10 20 30 40 20 0 1 0 12345 1000 77 18446744073709551615 1"u8);
        Assert.Equal(new ProcStat(7, 'S', 42, 9, 30, 70, 12345, 77), stat);
        Assert.Null(ProcStat.Parse(7, "7 (cut"u8));
        Assert.Null(ProcStat.Parse(7, "7 (cut) S 1 2"u8));
    }
}
