using System.Diagnostics;
using System.Globalization;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.Report;

/// <summary>A real browser, without a window: gives the page as it became, and what it logged.</summary>
internal static class Chromium
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Skips the test where there is none, but not in CI.</summary>
    public static string Find()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "there is no chromium on PATH, and CI has one");
            Assert.Skip("there is no chromium on PATH to open the page in");
        }

        return found!;
    }

    /// <param name="arguments">Switches of Chromium beside ours.</param>
    public static async Task<(string Dom, string Log)> OpenAsync(string browser, Uri page, int width, TestFolder folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(
            browser,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
                $"--user-data-dir={folder.PathTo("browser")}", string.Create(CultureInfo.InvariantCulture, $"--window-size={width},900"), "--dump-dom", .. arguments, page.AbsoluteUri,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var log = process.StandardError.ReadToEndAsync(patience.Token);
            var dom = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (dom, await log);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
