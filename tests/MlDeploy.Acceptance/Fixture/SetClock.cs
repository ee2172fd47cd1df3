using System.Diagnostics;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>
/// The wall clock of a test's processes, which can be set while they run; their monotonic clock goes on as it did. A library in
/// front of the system's adds what a file says to every reading, which takes a C compiler and Linux.
/// </summary>
internal sealed class SetClock
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile long *ahead;

        __attribute__((constructor)) static void open_offset(void)
        {
            const char *path = getenv("SET_CLOCK");
            int file = path ? open(path, O_RDONLY) : -1;
            void *map = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
            if (map != MAP_FAILED) ahead = map;
        }

        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (result == 0 && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *ahead;
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone)
        {
            struct timespec fine;
            int result = clock_gettime(CLOCK_REALTIME, &fine);
            now->tv_sec = fine.tv_sec;
            now->tv_usec = fine.tv_nsec / 1000;
            return result;
        }

        time_t time(time_t *now)
        {
            struct timespec fine;
            clock_gettime(CLOCK_REALTIME, &fine);
            if (now) *now = fine.tv_sec;
            return fine.tv_sec;
        }
        """;

    private readonly string file;

    private SetClock(string file) => this.file = file;

    /// <summary>From now on whatever the tool starts reads this clock.</summary>
    public static async Task<SetClock> InAsync(TestState state)
    {
        var (file, source, library) = (Path.Combine(state.Root, "ahead"), Path.Combine(state.Root, "clock.c"), Path.Combine(state.Root, "clock.so"));
        await File.WriteAllBytesAsync(file, new byte[sizeof(long)]);
        await File.WriteAllTextAsync(source, Source);
        using var compiler = await StartAsync("cc", "-shared", "-fPIC", "-O1", "-o", library, source);
        await compiler.WaitForExitAsync();
        Assert.Equal(0, compiler.ExitCode);
        state.Environment["LD_PRELOAD"] = library;
        state.Environment["SET_CLOCK"] = file;
        return new SetClock(file);
    }

    /// <param name="ahead">Of the machine's own time; negative: behind it.</param>
    public void Set(TimeSpan ahead)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(BitConverter.GetBytes((long)ahead.TotalSeconds));
    }

    private static Task<Process> StartAsync(string program, params string[] arguments)
    {
        try
        {
            return Task.FromResult(Process.Start(program, arguments));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not installed, and the system's clock is not the test's to set");
            throw;
        }
    }
}
