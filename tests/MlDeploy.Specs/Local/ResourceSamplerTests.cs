using System.Diagnostics;
using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

public sealed class ResourceSamplerTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ProcessTable table = new(TimeProvider.System);
    private readonly string cookie = $"specs/{Guid.NewGuid():N}";
    private readonly ResourceSampler sampler;

    public ResourceSamplerTests() => sampler = new ResourceSampler(new ProcessTree(cookie, table, TimeProvider.System));

    public void Dispose()
    {
        foreach (var identity in table.Instances().GetValueOrDefault(cookie, []))
            Signals.Send(identity, Signals.Kill);
        folder.Dispose();
    }

    private static ProcessEntry Entry(int pid, int parent, long own, long reaped, long pages = 1, char state = 'S') =>
        new(new ProcStat(pid, state, parent, 1, own, reaped, 1000 + pid, pages), null);

    private long Ticks(params ProcessEntry[] entries) => sampler.SampleLinux(entries).Cpu.Ticks / ProcStat.Tick.Ticks;

    [Fact]
    public void What_a_child_used_counts_once_when_its_parent_reaps_it()
    {
        Assert.Equal(15, Ticks(Entry(1, 0, 10, 0), Entry(2, 1, 5, 0)));
        Assert.Equal(20, Ticks(Entry(1, 0, 10, 0), Entry(2, 1, 10, 0)));
        // It used 3 more before it ended: only these are new.
        Assert.Equal(23, Ticks(Entry(1, 0, 10, 13)));
    }

    [Fact]
    public void A_child_too_short_to_be_seen_counts_through_its_parent() =>
        Assert.Equal(10 + 50, Ticks(Entry(1, 0, 10, 0)) + (Ticks(Entry(1, 0, 10, 50)) - 10));

    [Fact]
    public void A_child_that_nobody_waits_for_keeps_its_time()
    {
        Assert.Equal(110, Ticks(Entry(1, 0, 10, 0), Entry(2, 1, 100, 0)));
        Assert.Equal(111, Ticks(Entry(1, 0, 11, 0)));
    }

    [Fact]
    public void A_grandchild_reaped_together_with_its_parent_counts_once()
    {
        Assert.Equal(60, Ticks(Entry(1, 0, 10, 0), Entry(2, 1, 20, 0), Entry(3, 2, 30, 0)));
        Assert.Equal(60, Ticks(Entry(1, 0, 10, 50)));
    }

    [Fact]
    public void A_restart_goes_on_where_the_last_run_ended()
    {
        Assert.Equal(40, Ticks(Entry(1, 0, 40, 0)));
        Assert.Equal(40, Ticks());
        Assert.Null(sampler.SampleLinux([]).Memory);
        Assert.Equal(45, Ticks(Entry(9, 0, 5, 0)));
    }

    [Fact]
    public void Memory_is_the_sum_of_resident_pages() =>
        Assert.Equal(30L * Environment.SystemPageSize, sampler.SampleLinux([Entry(1, 0, 0, 0, 10), Entry(2, 1, 0, 0, 20)]).Memory);

    [Fact]
    public async Task Real_processes_that_come_and_go_are_counted_and_the_sum_never_falls()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "children are known on Linux only");
        const string Burn = "i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done";
        using var process = ProcessLauncher.Start(
            new LaunchSpec(["sh", "-c", $"for n in 1 2 3 4 5; do sh -c '{Burn}'; done; (sh -c '{Burn}' &) ; echo done >done; sleep 600"], folder.Root, TestApp.Environment(cookie), folder.PathTo("log")),
            TimeProvider.System);
        var last = TimeSpan.Zero;
        long? memory = null;
        await Eventually.Becomes(
            () =>
            {
                var sample = sampler.Sample(TimeSpan.Zero);
                Assert.True(sample.Cpu >= last);
                (last, memory) = (sample.Cpu, sample.Memory ?? memory);
                return File.Exists(folder.PathTo("done"));
            },
            "the script is through");
        Assert.InRange(last, TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(20));
        Assert.InRange(memory!.Value, 100_000, 100_000_000);
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public void What_a_sample_costs()
    {
        var settled = new ResourceSampler(new ProcessTree(cookie, new ProcessTable(new FastTime()), TimeProvider.System));
        settled.Sample(TimeSpan.Zero);
        settled.Sample(TimeSpan.Zero);
        // CPU time, so that a busy machine does not change the figure.
        var first = MicrosecondsOf(() => sampler.Sample(TimeSpan.Zero));
        var scan = MicrosecondsOf(() => settled.Sample(TimeSpan.Zero));
        var cached = MicrosecondsOf(() => sampler.Sample(TimeSpan.FromHours(1)));
        var proportional = MicrosecondsOf(() => File.ReadAllText("/proc/self/smaps_rollup"));
        TestContext.Current.SendDiagnosticMessage(
            $"{table.Read(TimeSpan.FromHours(1)).Count} processes: scan {scan:0} µs ({first:0} µs while all are young), within its second {cached:0} µs; smaps_rollup of this one process {proportional:0} µs");
        Assert.InRange(scan, 0, 100_000);
    }

    /// <summary>Every look at the clock is ten seconds later than the last.</summary>
    private sealed class FastTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now += 10;
    }

    private static double MicrosecondsOf(Action action)
    {
        const int Rounds = 300;
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var i = 0; i < Rounds; i++)
            action();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / Rounds;
    }
}
