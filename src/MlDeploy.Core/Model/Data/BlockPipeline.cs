using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text.Unicode;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Data;

/// <summary>One reader cuts a stream into blocks of whole records; block i goes to worker i modulo their number, so that the same file gives the same sketches.</summary>
internal sealed class BlockPipeline
{
    /// <summary>Nothing longer is one record: an unclosed quote would otherwise swallow the file.</summary>
    private const int MostRecord = 16 << 20;

    private const int BlockSize = 1 << 20;

    private readonly Stream stream;
    private readonly string name;
    private readonly CancellationToken stop;
    private readonly BlockingCollection<byte[]> free = [];
    private readonly CancellationTokenSource failed;

    private BlockPipeline(Stream stream, string name, CancellationToken stop)
    {
        (this.stream, this.name, this.stop) = (stream, name, stop);
        failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public static WindowSketch Run(Stream stream, string name, DataOptions options, List<string> warnings, CancellationToken stop) =>
        new BlockPipeline(stream, name, stop).Run(options, warnings);

    private WindowSketch Run(DataOptions options, List<string> warnings)
    {
        var buffer = new byte[BlockSize];
        var length = Fill(buffer, 0);
        var begin = buffer.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        var format = RecordFormat.Detect(name, buffer.AsSpan(begin, length - begin), options, () => (buffer, length) = Longer(buffer, length, line: 1), () => buffer.AsSpan(begin, length - begin));
        var workers = Enumerable.Range(0, Math.Max(1, options.Workers)).Select(_ => format.NewWorker()).ToArray();
        var queues = workers.Select(_ => new BlockingCollection<Block>(2)).ToArray();
        for (var spare = 0; spare < (3 * workers.Length) + 1; spare++)
        {
            free.Add(new byte[BlockSize]);
        }

        var tasks = workers.Zip(queues, (worker, queue) => Task.Factory.StartNew(() => Work(worker, queue), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            Cut(buffer, begin + format.HeaderLength, length, format, queues);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // A worker gave up; it says why below.
        }
        finally
        {
            foreach (var queue in queues)
            {
                queue.CompleteAdding();
            }

            Join(tasks);
        }

        var window = workers[0].Window;
        foreach (var other in workers.Skip(1))
        {
            window.Merge(other.Window);
        }

        warnings.AddRange(RowTrouble.Tell(name, workers.Select(worker => worker.Trouble)));
        return window;
    }

    private static void Join(Task[] tasks)
    {
        try
        {
            Task.WaitAll(tasks);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.Flatten().InnerExceptions.OrderBy(one => one is OperationCanceledException).First());
        }
    }

    private void Work(RecordWorker worker, BlockingCollection<Block> queue)
    {
        try
        {
            foreach (var block in queue.GetConsumingEnumerable(failed.Token))
            {
                var bytes = block.Bytes.AsSpan(block.From, block.To - block.From);
                CountGarbled(bytes, block.Line, worker.Trouble);
                worker.Take(bytes, block.Line);
                if (block.Bytes.Length == BlockSize)
                {
                    free.Add(block.Bytes, CancellationToken.None);
                }
                else
                {
                    free.Add(new byte[BlockSize], CancellationToken.None);
                }
            }
        }
        catch
        {
            failed.Cancel();
            throw;
        }
    }

    private static void CountGarbled(ReadOnlySpan<byte> bytes, long line, RowTrouble trouble)
    {
        if (Utf8.IsValid(bytes))
        {
            return;
        }

        for (; !bytes.IsEmpty; line++)
        {
            var end = bytes.IndexOf((byte)'\n');
            if (!Utf8.IsValid(end < 0 ? bytes : bytes[..end]))
            {
                trouble.NotUtf8(line);
            }

            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }
    }

    private void Cut(byte[] buffer, int from, int length, RecordFormat format, BlockingCollection<Block>[] queues)
    {
        var line = format.FirstLine;
        for (var (turn, ended) = (0, false); !ended; turn++)
        {
            var end = format.LastEnd(buffer.AsSpan(from, length - from));
            while (end == 0 && !ended)
            {
                if (from > 0)
                {
                    buffer.AsSpan(from, length - from).CopyTo(buffer);
                    (length, from) = (length - from, 0);
                }

                (buffer, length) = length == buffer.Length ? Longer(buffer, length, line) : (buffer, Fill(buffer, length));
                ended = length < buffer.Length;
                end = ended ? length - from : format.LastEnd(buffer.AsSpan(from, length - from));
            }

            if (end == 0)
            {
                return;
            }

            var next = free.Take(failed.Token);
            var rest = length - from - end;
            if (rest > next.Length)
            {
                next = new byte[buffer.Length];
            }

            buffer.AsSpan(from + end, rest).CopyTo(next);
            queues[turn % queues.Length].Add(new Block(buffer, from, from + end, line), failed.Token);
            line += Lines(buffer.AsSpan(from, end));
            if (!ended)
            {
                (buffer, from, length) = (next, 0, Fill(next, rest));
                ended = length == 0;
            }
        }
    }

    private static long Lines(ReadOnlySpan<byte> bytes) => System.MemoryExtensions.Count(bytes, (byte)'\n');

    /// <returns>How much of the buffer is filled: less than all only at the stream's end.</returns>
    private int Fill(byte[] buffer, int filled) => filled + stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);

    private (byte[] Buffer, int Length) Longer(byte[] buffer, int length, long line)
    {
        if (length < buffer.Length)
        {
            return (buffer, length);
        }

        if (buffer.Length >= MostRecord)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name}:{line}: a record is longer than {MostRecord >> 20} MiB", "close the quote that was opened there, or leave the column out of the data");
        }

        Array.Resize(ref buffer, 2 * buffer.Length);
        return (buffer, Fill(buffer, length));
    }

    private sealed record Block(byte[] Bytes, int From, int To, long Line);
}
