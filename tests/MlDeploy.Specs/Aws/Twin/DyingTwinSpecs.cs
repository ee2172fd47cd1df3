using System.Globalization;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.Specs.Aws.Twin;

public sealed class DyingTwinSpecs
{
    [Fact]
    public async Task A_containers_exit_code_and_output_arrive_and_a_stopped_one_ends_as_signalled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "process groups as Linux has them");
        var lines = new List<string>();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "" };
        using (var ended = ContainerProcess.Start(["/bin/sh", "-c", "echo $GREETING; echo err >&2; exit 42"], new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["GREETING"] = "hello" }, Add))
        {
            Assert.Equal(42, await ended.Exit);
        }

        Assert.Equal(["err", "hello"], lines.Order(StringComparer.Ordinal));
        using var polite = ContainerProcess.Start(["/bin/sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done"], environment, Add);
        await RunningTwin.BecomesAsync(() => Task.FromResult(Has("ready")), "it runs");
        polite.Terminate();
        Assert.Equal(5, await polite.Exit);
        using var rude = ContainerProcess.Start(["/bin/sh", "-c", "sleep 100 & echo $!; exec sleep 100"], environment, Add);
        await RunningTwin.BecomesAsync(() => Task.FromResult(lines.Exists(line => int.TryParse(line, CultureInfo.InvariantCulture, out _))), "its child runs");
        var child = int.Parse(lines.First(line => int.TryParse(line, CultureInfo.InvariantCulture, out _)), CultureInfo.InvariantCulture);
        rude.Kill();
        Assert.Equal(137, await rude.Exit);
        await RunningTwin.BecomesAsync(() => Task.FromResult(IsGone(child)), "its child is gone too");

        void Add(string line)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }

        bool Has(string line)
        {
            lock (lines)
            {
                return lines.Contains(line);
            }
        }
    }

    [Fact]
    public async Task The_containers_of_a_twin_that_is_killed_die_with_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "process groups as Linux has them");
        // The kernel closes a killed twin's end of the pipe; closing it is all that the container's guard can see of a death.
        var marker = Path.Combine(Path.GetTempPath(), $"twin-{Guid.NewGuid():N}");
        var script = $"(sleep 300 & echo $! > {marker}; wait) & echo $! ; wait";
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "" };
        var pids = new List<string>();
        var process = ContainerProcess.Start(["/bin/sh", "-c", script], environment, pids.Add);
        try
        {
            await RunningTwin.BecomesAsync(() => Task.FromResult(File.Exists(marker) && File.ReadAllText(marker).Length > 1), "it runs");
            var grandchild = int.Parse(await File.ReadAllTextAsync(marker), CultureInfo.InvariantCulture);
            process.LetGo();
            await RunningTwin.BecomesAsync(() => Task.FromResult(IsGone(grandchild)), "what it started is gone");
        }
        finally
        {
            process.Dispose();
            File.Delete(marker);
        }
    }

    private static bool IsGone(int pid)
    {
        try
        {
            // A zombie that its parent has not waited for is gone too.
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
