using System.Text;
using MlDeploy.Local.Capture.Logs;
using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Capture;

/// <summary>A log that somebody else writes, rotates, truncates and removes, read once.</summary>
public sealed class FollowedLogSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-log-").FullName;
    private readonly List<string> read = [];
    private int written;

    private string Log => Path.Combine(folder, "app.jsonl");

    [Fact]
    public void What_was_there_before_is_not_read_and_a_line_is_read_when_it_is_finished()
    {
        Write(Log, 3);
        var log = new FollowedLog(Log, known: null);
        written = 0;
        File.AppendAllText(Log, "one\nhalf");
        Look(log);
        Assert.Equal(["one"], read);

        File.AppendAllText(Log, " done\r\n\n");
        Look(log);
        Assert.Equal(["one", "half done"], read);
    }

    [Fact]
    public void A_file_that_comes_later_is_read_from_its_beginning()
    {
        var log = new FollowedLog(Log, known: null);
        Look(log);
        Write(Log, 5);
        Look(log);
        AssertAll();
    }

    [Fact]
    public void A_file_that_is_renamed_and_made_anew_is_read_to_its_end()
    {
        var log = new FollowedLog(Log, known: null);
        for (var round = 0; round < 5; round++)
        {
            Write(Log, 40);
            Look(log);
            Write(Log, 30);
            foreach (var age in new[] { 2, 1 }.Where(age => File.Exists($"{Log}.{age}")))
            {
                File.Move($"{Log}.{age}", $"{Log}.{age + 1}", overwrite: true);
            }

            File.Move(Log, $"{Log}.1");
            Write($"{Log}.1", 2);
            Write(Log, 10);
            Look(log);
            Look(log);
        }

        AssertAll();
    }

    [Fact]
    public void A_file_that_is_copied_away_and_truncated_is_read_once()
    {
        var log = new FollowedLog(Log, known: null);
        for (var round = 0; round < 5; round++)
        {
            Write(Log, 40);
            Look(log);
            Write(Log, 30);
            File.Copy(Log, $"{Log}.1", overwrite: true);
            Look(log);
            File.WriteAllText(Log, "");
            Look(log);
            Write(Log, 10);
            Look(log);
        }

        AssertAll();
    }

    [Fact]
    public void Our_own_rotation_of_standard_output_is_read_once_also_when_it_cuts_in_the_middle()
    {
        var own = new LogFile(Log);
        own.Create();
        var log = new FollowedLog(Log, known: null);
        for (var round = 0; round < 6; round++)
        {
            Write(Log, 700);
            if (round % 2 == 0)
            {
                Look(log);
                Write(Log, 100);
            }

            Assert.NotEqual(LogRotation.None, own.RotateWhenLarger(limit: 4096));
            Write(Log, 50);
            Look(log);
            Look(log);
        }

        AssertAll();
    }

    [Fact]
    public void A_truncated_file_begins_anew()
    {
        var log = new FollowedLog(Log, known: null);
        Write(Log, 40);
        Look(log);
        File.WriteAllText(Log, "");
        Look(log);
        Write(Log, 60);
        Look(log);
        Look(log);
        AssertAll();
    }

    [Fact]
    public void All_files_of_a_folder_are_followed_and_compressed_ones_are_not()
    {
        var into = Path.Combine(folder, "predictions");
        var log = new FollowedLog(into, known: null);
        Directory.CreateDirectory(into);
        Write(Path.Combine(into, "a.jsonl"), 10);
        Write(Path.Combine(into, "b.jsonl"), 10);
        File.WriteAllText(Path.Combine(into, "old.jsonl.gz"), "nothing\n");
        Look(log);
        File.Move(Path.Combine(into, "a.jsonl"), Path.Combine(into, "a-1.jsonl"));
        Write(Path.Combine(into, "a-1.jsonl"), 5);
        Write(Path.Combine(into, "a.jsonl"), 5);
        Look(log);
        Look(log);
        File.Delete(Path.Combine(into, "b.jsonl"));
        Look(log);
        AssertAll();
    }

    [Fact]
    public void After_a_restart_it_is_read_on_from_where_it_was_also_over_a_rotation()
    {
        var log = new FollowedLog(Log, known: null);
        Write(Log, 40);
        Look(log);
        var places = log.Files;
        Write(Log, 10);
        File.Move(Log, $"{Log}.1");
        Write(Log, 10);

        var next = new FollowedLog(Log, places);
        Look(next);
        Look(next);
        AssertAll();
    }

    [Fact]
    public void A_backlog_is_read_in_parts_and_a_line_without_an_end_is_passed_over()
    {
        var log = new FollowedLog(Log, known: null);
        Write(Log, 30_000);
        var looks = 1;
        while (log.Look(Take, () => false))
        {
            looks++;
        }

        AssertAll();
        Assert.True(looks > 1, $"{new FileInfo(Log).Length} bytes were read in {looks} looks");

        File.AppendAllText(Log, new string('x', 2_000_000));
        while (log.Look(Take, () => false))
        {
        }

        Assert.InRange(log.Endless, 3, 8);
        File.AppendAllText(Log, "\nlast\n");
        Look(log);
        Assert.Equal("last", read[^1]);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string file, int lines)
    {
        var text = new StringBuilder();
        for (var line = 0; line < lines; line++)
        {
            text.Append($$$"""{"inputs":{"n":{{{written++}}},"padding":"{{{new string('.', 20)}}}"},"prediction":0.5}""").Append('\n');
        }

        File.AppendAllText(file, text.ToString());
    }

    private void Look(FollowedLog log) => log.Look(Take, () => false);

    private void Take(ReadOnlySpan<byte> line) => read.Add(Encoding.UTF8.GetString(line));

    /// <summary>Every line was read, and none twice.</summary>
    private void AssertAll()
    {
        var numbers = read.Select(line => int.Parse(line.Split("\"n\":")[1].Split(',')[0])).ToArray();
        Assert.Equal(Enumerable.Range(0, written), numbers.Order());
    }
}
