using System.Globalization;

namespace MlDeploy.Local.Hosting;

/// <summary>The host's own log: one line an event, UTC, cut to its newer half when it grows beyond a limit. A full disk never stops the host.</summary>
public sealed class HostLog(string path, TimeProvider clock)
{
    private const long Limit = 4 << 20;
    private readonly Lock gate = new();

    public void Write(string line)
    {
        lock (gate)
        {
            try
            {
                if (File.Exists(path) && new FileInfo(path).Length > Limit)
                {
                    File.Move(path, path + ".1", overwrite: true);
                }

                File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd HH:mm:ss.fff}Z [{Environment.ProcessId}] {line}\n"));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Nowhere left to say it.
            }
        }
    }
}
