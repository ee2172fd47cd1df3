using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MlDeploy.Specs.Aws.Peers;

/// <summary>A moto server of this test's own, on a free loopback port, ended with it.</summary>
internal sealed partial class MotoServer : IAsyncDisposable
{
    private readonly Process process;

    private MotoServer(Process process, Uri endpoint)
    {
        this.process = process;
        Endpoint = endpoint;
    }

    public Uri Endpoint { get; }

    /// <summary>Skips the test where moto is missing.</summary>
    public static async Task<MotoServer> StartAsync()
    {
        if (Peer.Find("moto_server") is not { } program)
        {
            Peer.Missing("moto_server");
            throw new UnreachableException();
        }

        var process = Process.Start(new ProcessStartInfo(program, ["-H", "127.0.0.1", "-p", "0"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (Running().Match(line) is { Success: true } running)
            {
                // The pipe must be read to the end, or a full one stops the server.
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new MotoServer(process, new Uri(running.Groups["url"].Value));
            }
        }

        throw new InvalidOperationException("moto_server ended before it listened");
    }

    /// <summary>From now on signatures and policies are checked.</summary>
    public async Task CheckSignaturesAsync()
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(Endpoint, "/moto-api/reset-auth"), new StringContent("0"));
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    [GeneratedRegex("Running on (?<url>http://[0-9.:]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Running();
}
