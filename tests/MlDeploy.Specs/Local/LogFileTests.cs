using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

public sealed class LogFileTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly LogFile log;

    public LogFileTests() => log = new LogFile(folder.PathTo("app.log"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_tail_is_the_last_lines()
    {
        Assert.Empty(log.Tail(5));
        folder.Write("app.log", string.Concat(Enumerable.Range(1, 50_000).Select(i => $"line {i}\n")));
        Assert.Equal(["line 49998", "line 49999", "line 50000"], log.Tail(3));
        folder.Write("app.log", "a\r\n\nunfinished");
        Assert.Equal(["a", "", "unfinished"], log.Tail(9));
        Assert.Equal(["unfinished"], log.Tail(1));
        Assert.Empty(log.Tail(0));
    }

    [Fact]
    public void The_tail_goes_back_into_the_rotated_file()
    {
        folder.Write("app.log.1", "1\n2\n3\n");
        folder.Write("app.log", "4\n");
        Assert.Equal(["2", "3", "4"], log.Tail(3));
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        File.WriteAllBytes(log.Path, [0xFF, 0xFE, (byte)'a', (byte)'\n', 0xC3, (byte)'\n', .. "ünï\n"u8]);
        Assert.Equal(["\uFFFD\uFFFDa", "\uFFFD", "ünï"], log.Tail(9));
    }

    [Fact]
    public void One_endless_line_is_read_within_bounds()
    {
        File.WriteAllBytes(log.Path, Enumerable.Repeat((byte)'x', 20 << 20).ToArray());
        Assert.InRange(Assert.Single(log.Tail(2)).Length, 1, 5 << 20);
    }

    [Fact]
    public void Rotation_keeps_as_many_as_asked()
    {
        for (var i = 1; i <= 5; i++)
        {
            folder.Write("app.log", $"{i}: more than ten bytes\n");
            Assert.Equal(LogRotation.Truncated, log.RotateWhenLarger(10, 3)); // less than a block
            Assert.Equal(LogRotation.None, log.RotateWhenLarger(10, 3));
        }

        Assert.Equal(["app.log", "app.log.1", "app.log.2", "app.log.3"], Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("5: more than ten bytes\n", File.ReadAllText(folder.PathTo("app.log.1")));
        Assert.Equal("3: more than ten bytes\n", File.ReadAllText(folder.PathTo("app.log.3")));
        Assert.Empty(File.ReadAllBytes(log.Path));
    }

    [Fact]
    public async Task A_process_writes_on_through_rotations_and_a_follower_sees_it_all_in_order()
    {
        const int Lines = 20_000;
        log.Create();
        using var stop = new CancellationTokenSource();
        var seen = new List<int>();
        var last = 0;
        var follower = Task.Run(async () =>
        {
            await foreach (var line in log.FollowAsync(Lines, TimeProvider.System, stop.Token))
            {
                seen.Add(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture));
                Volatile.Write(ref last, seen[^1]);
                if (seen[^1] == Lines)
                    return;
            }
        });
        using var writer = ProcessLauncher.Start(
            new LaunchSpec(["sh", "-c", $"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo $i; done; sleep 0.5; echo {Lines}"], folder.Root, TestApp.Environment(), log.Path),
            TimeProvider.System);
        var exit = writer.WaitForExitAsync();
        var rotations = new List<LogRotation>();
        while (!exit.IsCompleted)
        {
            // A follower that looks every 200 ms sees one rotation at a time, as with 10 MiB files: the next one waits until it has gone beyond this one's last whole line.
            if (log.RotateWhenLarger(20_000, 1_000) is not LogRotation.None and var rotation)
            {
                rotations.Add(rotation);
                var rotated = int.Parse(File.ReadAllText(folder.PathTo("app.log.1")).Split('\n')[^2], System.Globalization.CultureInfo.InvariantCulture);
                await Eventually.Becomes(() => Volatile.Read(ref last) > rotated || exit.IsCompleted, "the follower went on");
            }

            await Task.Delay(5);
        }

        await Eventually.Becomes(() => follower.IsCompleted, "the follower saw the last line");
        Assert.NotEmpty(rotations);
        Assert.Equal(seen.Order(), seen);
        var written = Directory.GetFiles(folder.Root).OrderByDescending(file => file.Length).ThenByDescending(file => file, StringComparer.Ordinal)
            .Select(File.ReadAllText).Aggregate("", string.Concat);
        if (rotations.All(rotation => rotation == LogRotation.Cut))
            Assert.Equal(Enumerable.Range(1, Lines), seen.Distinct());
        else
            Assert.Equal(written.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, seen.Count);
    }

    [Fact]
    public void A_line_that_a_rotation_cut_in_two_is_shown_whole()
    {
        folder.Write("app.log.1", "1\n2\nthr");
        folder.Write("app.log", "ee\n4\n");
        Assert.Equal(["2", "three", "4"], log.Tail(3));
        Assert.Equal(["three", "4"], log.Tail(2));
    }
}
