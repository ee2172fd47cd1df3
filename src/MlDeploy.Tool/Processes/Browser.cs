using System.ComponentModel;
using System.Diagnostics;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.Processes;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <exception cref="ExpectedException">None can be started.</exception>
    public static void Open(string url)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
        }
        catch (Exception failure) when (failure is Win32Exception or PlatformNotSupportedException)
        {
            throw new ExpectedException(ExitCode.Usage, $"no browser could be started: {failure.Message}", "open the address yourself", failure);
        }
    }
}
