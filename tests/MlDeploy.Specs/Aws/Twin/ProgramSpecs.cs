using System.Diagnostics;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Twin;

/// <summary>The twin as a program.</summary>
public sealed class ProgramSpecs
{
    [Theory]
    [InlineData("TERM", 0)]
    [InlineData("KILL", 137)]
    public async Task It_says_what_to_export_and_leaves_no_child_however_it_ends(string signal, int exit)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals and /proc as Linux has them");
        if (Peer.Find("moto_server") is null)
        {
            Peer.Missing("moto_server");
        }

        using var twin = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MlDeploy.AwsTwin.dll"), "--port", "0"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var endpoint = Regex.Match(await twin.StandardOutput.ReadLineAsync() ?? "", "^export AWS_ENDPOINT_URL=(http://127.0.0.1:[0-9]+)$").Groups[1].Value;
        Assert.StartsWith("export AWS_ACCESS_KEY_ID=", await twin.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Contains("\"speed\": 1", await http.GetStringAsync(new Uri($"{endpoint}/_twin/")), StringComparison.Ordinal);
        var children = Descendants(twin.Id);
        Assert.NotEmpty(children);
        using (var kill = Process.Start("kill", [$"-{signal}", $"{twin.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await twin.WaitForExitAsync();
        Assert.Equal(exit, twin.ExitCode);
        await RunningTwin.BecomesAsync(() => Task.FromResult(children.TrueForAll(IsGone)), "its children are gone");
    }

    [Fact]
    public void Arguments_that_make_no_sense_are_told()
    {
        Assert.Null(TwinArguments.Parse(["--port", "seven"], out var problem));
        Assert.Equal("--port seven: not understood", problem);
        Assert.Null(TwinArguments.Parse(["--speed", "0.5"], out problem));
        Assert.Equal("--speed 0.5: not understood", problem);
        Assert.Null(TwinArguments.Parse(["--image"], out problem));
        Assert.Equal("--image needs a value", problem);
        var options = TwinArguments.Parse(["--port", "0", "--image", "*/app:*=exec \"$@\" --a=b"], out _)!;
        Assert.Equal(("*/app:*", "exec \"$@\" --a=b"), (options.Images[0].Pattern, options.Images[0].Command));
    }

    private static List<int> Descendants(int parent)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).Select(name => int.Parse(name!)).Select(pid => (pid, ParentOf(pid))).ToList();
        var found = new List<int> { parent };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(parents.Where(one => one.Item2 == found[i]).Select(one => one.pid));
        }

        found.Remove(parent);
        return found;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static bool IsGone(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
