using System.Buffers.Text;

namespace MlDeploy.Local.Processes;

/// <summary>What <c>/proc/PID/stat</c> says (proc_pid_stat(5)). Times are clock ticks, a hundredth of a second on Linux.</summary>
/// <param name="State">R, S, D, T, Z (ended, not yet reaped), X.</param>
/// <param name="Own">User and system time of the process itself.</param>
/// <param name="Reaped">User and system time of the children it has waited for, and theirs.</param>
/// <param name="Start">Ticks since boot when it started; with the process id its identity.</param>
/// <param name="ResidentPages">The kernel's quick count: exact to some dozens of pages.</param>
internal readonly record struct ProcStat(int Pid, char State, int Parent, int Session, long Own, long Reaped, long Start, long ResidentPages)
{
    public const int TicksPerSecond = 100;

    public bool HasEnded => State is 'Z' or 'X';

    /// <returns>Null when there is no such process.</returns>
    public static ProcStat? Read(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var length = ProcFile.Read($"/proc/{pid}/stat", buffer);
        return length <= 0 ? null : Parse(pid, buffer[..length]);
    }

    internal static ProcStat? Parse(int pid, ReadOnlySpan<byte> text)
    {
        // The command name stands in parentheses and may hold anything, parentheses and spaces included.
        var close = text.LastIndexOf((byte)')');
        if (close < 0 || close + 2 >= text.Length)
            return null;
        Span<long> fields = stackalloc long[22];
        var state = '\0';
        var index = 0;
        foreach (var range in text[(close + 2)..].Split((byte)' '))
        {
            var field = text[(close + 2)..][range];
            if (index == 0)
                state = field.Length > 0 ? (char)field[0] : '\0';
            else if (!Utf8Parser.TryParse(field, out fields[index], out _))
                fields[index] = 0;
            if (++index == fields.Length)
                break;
        }

        // Field numbers of the manual page, less 3: ppid 4, session 6, utime 14, stime, cutime, cstime, starttime 22, rss 24.
        return index < fields.Length
            ? null
            : new ProcStat(pid, state, (int)fields[1], (int)fields[3], fields[11] + fields[12], fields[13] + fields[14], fields[19], fields[21]);
    }
}
