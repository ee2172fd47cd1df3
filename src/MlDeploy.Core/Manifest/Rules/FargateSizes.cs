namespace MlDeploy.Core.Manifest.Rules;

/// <summary>The pairs of CPU and memory that Fargate sells (AWS, "Task definition parameters for Fargate").</summary>
public static class FargateSizes
{
    /// <summary>What may stand for CPU units.</summary>
    public const string CpuUnits = "256, 512, 1024, 2048, 4096, 8192 or 16384";

    /// <summary>The memory to be had with so many CPU units, in MiB: from, to, in steps of; null when there is no such size.</summary>
    public static (int Least, int Most, int Step)? Memory(int cpu) => cpu switch
    {
        256 => (512, 2048, 512),
        512 => (1024, 4096, 1024),
        1024 => (2048, 8192, 1024),
        2048 => (4096, 16384, 1024),
        4096 => (8192, 30720, 1024),
        8192 => (16384, 61440, 4096),
        16384 => (32768, 122880, 8192),
        _ => null,
    };

    public static bool Exists(int cpu, int memory) =>
        Memory(cpu) is var (least, most, step) && memory >= least && memory <= most && (memory - least) % step == 0 && !(cpu == 256 && memory == 1536);
}
