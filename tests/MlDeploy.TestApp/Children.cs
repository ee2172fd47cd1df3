using System.Diagnostics;

namespace MlDeploy.TestApp;

/// <summary>Processes that a careless application leaves behind.</summary>
internal static class Children
{
    public static IReadOnlyList<int> Spawn(Options options)
    {
        var children = new List<int>();
        if (options.SpawnChild)
        {
            var child = Process.Start("sleep", "600");
            children.Add(child.Id);
            TestApplication.Log($"child {child.Id}");
        }

        if (options.SpawnGrandchild)
        {
            // The shell in the middle ends at once, so that its child goes to init: the double fork of a daemon.
            var shell = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
            shell.ArgumentList.Add("-c");
            shell.ArgumentList.Add("setsid sleep 600 >/dev/null 2>&1 & echo $!");
            using var process = Process.Start(shell)!;
            var pid = int.Parse(process.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture);
            process.WaitForExit();
            children.Add(pid);
            TestApplication.Log($"grandchild {pid}");
        }

        return children;
    }
}
