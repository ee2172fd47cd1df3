using System.Runtime.InteropServices;

namespace MlDeploy.Bench.Load;

/// <summary>Sleeps for less than a millisecond without burning the processor that the measured programs share.</summary>
internal static class FineSleep
{
    public static void For(TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            var wanted = new TimeSpec((long)time.TotalSeconds, time.Ticks % TimeSpan.TicksPerSecond * 100);
            _ = NanoSleep(in wanted, IntPtr.Zero);
        }
        else
        {
            Thread.Sleep(time);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int NanoSleep(in TimeSpec wanted, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
