using System.Diagnostics;
using System.Text;

namespace MlDeploy.Local.Processes;

/// <summary>
/// One process for ever: process ids are used again, but not with the same start time in the same boot.
/// Written to state files, so that a later host recognises what an earlier one started.
/// </summary>
/// <param name="StartTicks">Linux: clock ticks from boot to the process's start. Elsewhere: its start time as UTC ticks of 100 ns.</param>
/// <param name="BootId">Linux: the kernel's random id of this boot. Elsewhere empty: the start time is absolute there.</param>
public sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Of(Environment.ProcessId)
        ?? throw new InvalidOperationException("This process cannot read its own start time; is /proc mounted?");

    private static string Boot { get; } = ReadBoot();

    /// <summary>True while that very process runs; a zombie has ended.</summary>
    public bool IsAlive() => OperatingSystem.IsLinux()
        ? BootId == Boot && ProcStat.Read(Pid) is { HasEnded: false } stat && stat.Start == StartTicks
        : Of(Pid) == this;

    /// <returns>Null when no process has this id, or only one that has ended.</returns>
    public static ProcessIdentity? Of(int pid)
    {
        if (OperatingSystem.IsLinux())
            return ProcStat.Read(pid) is { HasEnded: false } stat ? From(stat) : null;

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : new ProcessIdentity(pid, process.StartTime.ToUniversalTime().Ticks, "");
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    internal static ProcessIdentity From(ProcStat stat) => new(stat.Pid, stat.Start, Boot);

    private static string ReadBoot()
    {
        Span<byte> buffer = stackalloc byte[64];
        var length = OperatingSystem.IsLinux() ? ProcFile.Read("/proc/sys/kernel/random/boot_id", buffer) : 0;
        return length <= 0 ? "" : Encoding.ASCII.GetString(buffer[..length]).Trim();
    }
}
