using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.Rollout;

public sealed class JournalSpecs
{
    private static readonly OpenedEntry Opened = new(
        1, Examples.Start, JournalFormat.Schema, 3, "app", "v2-0", null, Manifest.Reading.Valid(Manifest.Reading.Minimal).CanonicalJson, Examples.Plan, "ann@laptop", null, "1.0.0");

    [Fact]
    public void Every_event_is_read_as_it_was_written()
    {
        Assert.Equal(typeof(RolloutEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RolloutEvent))).ToHashSet(), Examples.EveryEvent.Select(happened => happened.GetType()).ToHashSet());
        foreach (var happened in Examples.EveryEvent.Append(new StableVerified()).Append(new StepPassed([Examples.Judged(JudgmentKind.Pass, n: 3)])))
        {
            AssertRoundTrip(new TransitionEntry(2, Examples.Start, happened, Examples.In(Phase.Judging)));
        }

        AssertRoundTrip(Opened);
        AssertRoundTrip(Opened with { Stable = "v1-0", RunUrl = "https://ci.example/1" });
        AssertRoundTrip(new NoteEntry(2, Examples.Start, "a line\nand \"another\" \u2028 é"));
    }

    [Fact]
    public void Every_measurement_is_read_as_it_was_written_to_the_last_bit() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(9, 21), Prop.ForAll(Measurements().ArrayOf().Zip(Judgments().ArrayOf()).ToArbitrary(), given =>
            AssertRoundTrip(new LookEntry(2, Examples.Start, 1, TimeSpan.FromSeconds(2.5), [.. given.Item1], given.Item2.Length == 0 ? null : [.. given.Item2]))));

    [Fact]
    public async Task A_journal_torn_at_any_byte_is_recovered_to_its_last_whole_line()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("bake: 10s", "bake: 2s", StringComparison.Ordinal), first: true);
        await rollout.RunAsync();
        var whole = File.ReadAllBytes(rollout.JournalPath);
        var all = rollout.Entries();
        using var folder = new TestFolder();
        var path = folder.PathTo("torn.jsonl");
        for (var length = 0; length <= whole.Length; length++)
        {
            var torn = whole.AsSpan(0, length);
            var lines = torn.Count((byte)'\n');
            Assert.Equal(lines, JournalReader.Read(new MemoryStream(torn.ToArray()), "torn").Length);
            if (length % 37 != 0)
            {
                // Opening for appending is the same reading plus a cut: not at every byte, it flushes to the disk.
                continue;
            }

            File.WriteAllBytes(path, torn);
            using (var writer = JournalWriter.Open(path, TimeProvider.System))
            {
                if (lines > 0)
                {
                    writer.Append((seq, at) => new NoteEntry(seq, at, "after"), durable: false);
                }
            }

            var read = JournalReader.Read(path);
            Assert.Equal(lines == 0 ? 0 : lines + 1, read.Length);
            Assert.True(read.Take(lines).Zip(all).All(pair => JournalFormat.Write(pair.First) == JournalFormat.Write(pair.Second)));
        }
    }

    [Fact]
    public void A_torn_tail_of_zeros_as_a_power_cut_leaves_it_does_not_count()
    {
        var line = Encoding.UTF8.GetBytes(JournalFormat.Write(Opened) + "\n");
        Assert.Single(JournalReader.Read(new MemoryStream([.. line, .. new byte[5000]]), "zeros"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"type":"unknown","seq":1}""")]
    [InlineData("""{"type":"opened","seq":1}""")]
    [InlineData("""{"type":"note","seq":"1","at":"2026-11-21T08:00:00Z","text":"x"}""")]
    [InlineData("""{"type":"note","seq":1,"at":"2026-11-21T08:00:00Z","text":null}""")]
    [InlineData("""{"type":"note","seq":1,"at":"2026-11-21T08:00:00Z","text":"no opening entry"}""")]
    public void A_first_line_that_is_none_is_named_with_its_place(string line)
    {
        var failure = Assert.Throws<ExpectedException>(() => JournalReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(line + "\n")), "j.jsonl"));
        Assert.StartsWith("j.jsonl:1: the journal is damaged here: ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"seq\":2", "\"seq\":3", "entry 3 follows entry 1")]
    [InlineData("\"step\":1", "\"step\":99", "the plan has no step 99")]
    [InlineData("\"units\":200", "\"units\":-200", "a count is impossible")]
    [InlineData("[{\"kind\":\"count\"", "[null,{\"kind\":\"count\"", "a measurement or judgment is missing")]
    [InlineData("\"gate\":\"http.errors\"", "\"gate\":null", "the line is not a journal entry")]
    [InlineData("\"kind\":\"count\"", "\"kind\":\"guess\"", "the line is not a journal entry")]
    [InlineData("\"measurements\":[", "\"measurement\":[", "the line is not a journal entry")]
    [InlineData("\"measurements\":[", "\"measurements\":{", "the line is not a journal entry")]
    [InlineData("\"elapsed\":\"00", "\"elapsed\":\"-00", "a look lies before its step")]
    public void A_wrong_second_line_is_named_with_what_is_wrong(string right, string wrong, string problem)
    {
        var look = JournalFormat.Write(new LookEntry(2, Examples.Start, 1, TimeSpan.FromSeconds(2), [new CountMeasurement("http.errors", new(200, 1))]));
        Assert.Contains(right, look, StringComparison.Ordinal);
        var failure = Assert.Throws<ExpectedException>(() => Read(Opened, look.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Equal($"j.jsonl:2: the journal is damaged here: {problem}", failure.Message);
    }

    [Fact]
    public void Deep_json_and_a_line_of_100_MB_are_refused_without_holding_them()
    {
        var deep = $"{{\"type\":\"note\",\"seq\":2,\"at\":\"2026-11-21T08:00:00Z\",\"text\":{new string('[', 100_000)}";
        Assert.Throws<ExpectedException>(() => Read(Opened, deep));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<ExpectedException>(() => JournalReader.Read(new EndlessLine(100 << 20), "j.jsonl"));
        Assert.Equal("j.jsonl:1: the journal is damaged here: the line is longer than 4 MiB", failure.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20 << 20);
    }

    [Fact]
    public void A_journal_of_another_format_is_refused() => Assert.Equal(
        "j.jsonl:1: the journal is damaged here: it is written in format 2, and this version of mldeploy reads format 1",
        Assert.Throws<ExpectedException>(() => Read(Opened with { Schema = 2 })).Message);

    [Fact]
    public void A_journal_whose_measurements_cannot_be_judged_says_so_and_breaks_nothing()
    {
        var applied = new TransitionEntry(2, Examples.Start, new WeightApplied(0.05), Examples.In(Phase.Judging));
        foreach (var measurement in (Measurement[])[new LevelMeasurement("http.errors", double.NaN), new CountMeasurement("no such gate", default), new CountMeasurement("http.errors", new(3, 9)), new LevelMeasurement("restarts", 1)])
        {
            var replayed = JournalReplay.Replay([Opened, applied, new LookEntry(3, Examples.Start, 0, TimeSpan.FromSeconds(2), [measurement], [Examples.Judged(JudgmentKind.Pass)])]);
            Assert.Contains(replayed.Discrepancies, problem => problem.StartsWith("line 3: ", StringComparison.Ordinal));
        }

        Assert.NotEmpty(JournalReplay.Replay([Opened with { Manifest = "[" }, new LookEntry(2, Examples.Start, 0, default, [])]).Discrepancies);
    }

    [Fact]
    public void A_state_that_does_not_follow_is_a_discrepancy() => Assert.Equal(
        "line 2: Begun leads to Starting, but Promoted is written, or they differ in detail",
        Assert.Single(JournalReplay.Replay([Opened, new TransitionEntry(2, Examples.Start, new Begun(), Examples.In(Phase.Promoted))]).Discrepancies));

    [Fact]
    public async Task Threads_that_write_at_once_leave_entries_in_order()
    {
        using var folder = new TestFolder();
        var path = folder.PathTo("j.jsonl");
        using (var writer = JournalWriter.Open(path, TimeProvider.System))
        {
            writer.Append((seq, at) => Opened with { Seq = seq, At = at }, durable: true);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
            {
                for (var i = 0; i < 200; i++)
                {
                    writer.Append((seq, at) => new NoteEntry(seq, at, $"{thread}"), durable: false);
                }
            })));
        }

        Assert.Equal(801, JournalReader.Read(path).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_disk_leaves_no_half_line_between_entries_even_when_it_cannot_be_cut_at_once(bool canCut)
    {
        using var folder = new TestFolder();
        var disk = new SmallDisk(folder.PathTo("j.jsonl"));
        using (var writer = JournalWriter.Open(disk, TimeProvider.System))
        {
            writer.Append((seq, at) => Opened with { Seq = seq, At = at }, durable: true);
            (disk.IsFull, disk.CanCut) = (true, canCut);
            Assert.Throws<IOException>(() => writer.Append((seq, at) => new NoteEntry(seq, at, "a long line that does not fit any more"), durable: true));
            Assert.Single(JournalReader.Read(disk.Name));
            (disk.IsFull, disk.CanCut) = (false, true);
            writer.Append((seq, at) => new NoteEntry(seq, at, "fits"), durable: true);
        }

        Assert.Equal(["fits"], JournalReader.Read(disk.Name).OfType<NoteEntry>().Select(note => note.Text));
    }

    [Fact]
    public void A_journal_that_grows_is_read_once_and_only_in_whole_lines()
    {
        using var stream = new MemoryStream();
        var tail = new JournalTail(stream, "j.jsonl");
        var text = JournalFormat.Write(Opened) + "\n" + JournalFormat.Write(new NoteEntry(2, Examples.Start, "é")) + "\n";
        var read = new List<JournalEntry>();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            stream.Position = stream.Length;
            stream.WriteByte(one);
            read.AddRange(tail.ReadNew());
        }

        Assert.Equal([1, 2], read.Select(entry => entry.Seq));
    }

    private static ImmutableArray<JournalEntry> Read(OpenedEntry opened, params string[] lines) =>
        JournalReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', [JournalFormat.Write(opened), .. lines, ""]))), "j.jsonl");

    private static void AssertRoundTrip(JournalEntry entry)
    {
        var line = JournalFormat.Write(entry);
        var read = JournalFormat.Read(Encoding.UTF8.GetBytes(line));
        Assert.Equal(line, JournalFormat.Write(read));
        Assert.Equal(entry.GetType(), read.GetType());
        if (entry is LookEntry look)
        {
            Assert.Equal(look.Measurements, ((LookEntry)read).Measurements);
            Assert.Equal(look.Judgments, ((LookEntry)read).Judgments);
        }
        else if (entry is TransitionEntry { Event: not (StepPassed or GateFailed or StepInconclusive or TestsPassed) })
        {
            Assert.Equal(entry, read);
        }
    }

    private static Gen<Measurement> Measurements()
    {
        var number = ArbMap.Default.GeneratorFor<double>();
        var count = Gen.Choose(0, int.MaxValue).Select(n => new ArmCount(n, n / 2));
        var arm = Gen.OneOf(Gen.Constant<ArmCount?>(null), count.Select(value => (ArmCount?)value));
        var quantile = Gen.OneOf(Gen.Constant<QuantileValue?>(null), number.Select(value => (QuantileValue?)new QuantileValue(value, null, value * 2)));
        return Gen.OneOf<Measurement>(
            count.Zip(arm).Select(arms => (Measurement)new CountMeasurement("http.errors", arms.Item1, arms.Item2)),
            arm.Zip(arm).Zip(quantile.Zip(quantile)).Select(parts => (Measurement)new QuantileMeasurement("latency.p99", parts.Item1.Item1, parts.Item1.Item2, parts.Item1.Item2, null, parts.Item2.Item1, parts.Item2.Item2)),
            number.Zip(number).Select(values => (Measurement)new LevelMeasurement("cpu", values.Item1, values.Item2 > 0 ? values.Item2 : null)),
            number.Select(value => (Measurement)new TrendMeasurement("memory.growth", 12.5, value)),
            Gen.Elements(true, false).Select(failed => (Measurement)new MissingMeasurement("prometheus:x", failed, "no answer\n\"quoted\"")));
    }

    private static Gen<Judgment> Judgments() => ArbMap.Default.GeneratorFor<double>().Zip(Gen.Elements(Enum.GetValues<JudgmentKind>())).Select(pair =>
        Examples.Judged(pair.Item2) with { Value = pair.Item1, Low = -pair.Item1, Evidence = double.PositiveInfinity, Unit = MetricUnit.Duration, StableFailsToo = pair.Item1 > 0 });

    /// <summary>Takes half of what is written, then nothing.</summary>
    private sealed class SmallDisk(string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, 0)
    {
        public bool IsFull { get; set; }

        public bool CanCut { get; set; } = true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(IsFull ? buffer[..(buffer.Length / 2)] : buffer);
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }
        }

        public override void SetLength(long value)
        {
            if (!CanCut)
            {
                throw new IOException("not now");
            }

            base.SetLength(value);
        }
    }

    /// <summary>A line that never ends, made as it is read.</summary>
    private sealed class EndlessLine(long length) : MemoryStream
    {
        private long left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var now = (int)Math.Min(left, count);
            buffer.AsSpan(offset, now).Fill((byte)'x');
            left -= now;
            return now;
        }
    }
}
