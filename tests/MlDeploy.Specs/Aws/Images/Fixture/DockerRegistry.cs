using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MlDeploy.Specs.Aws.Peers;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.Aws.Images.Fixture;

/// <summary>Debian's docker-registry on loopback, with storage of its own: a registry that we have not written.</summary>
internal sealed class DockerRegistry : IDisposable
{
    // `htpasswd -B`: ada, secret.
    private const string Passwords = "ada:$2b$05$cHAqecxqWJhE9/D2Dhf25u2vMWtEr87C4tFIJ9rcrXt./gMXFMvVa\n";

    private readonly TestFolder folder;
    private readonly Process process;

    private DockerRegistry(Process process, TestFolder folder, int port)
    {
        this.process = process;
        this.folder = folder;
        Port = port;
    }

    public int Port { get; }
    public string Host => $"127.0.0.1:{Port}";
    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    public static async Task<DockerRegistry> StartAsync(bool withPassword = false)
    {
        var program = Peer.Find("docker-registry") ?? Missing();
        var port = FreePort();
        var folder = new TestFolder("docker-registry");
        var passwords = folder.Write("htpasswd", Passwords);
        var config = folder.Write("config.yml", $$"""
            version: 0.1
            log: { level: error }
            storage:
              filesystem: { rootdirectory: '{{folder.PathTo("storage")}}' }
              delete: { enabled: true }
            http: { addr: '127.0.0.1:{{port}}', secret: specs }
            {{(withPassword ? $"auth: {{ htpasswd: {{ realm: specs, path: '{passwords}' }} }}" : "")}}
            """);
        var process = Process.Start(new ProcessStartInfo(program, ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var registry = new DockerRegistry(process, folder, port);
        await registry.AnswersAsync();
        return registry;
    }

    /// <summary>What a client that pulls gets, checked against the digest it asked for.</summary>
    public async Task<byte[]> PullAsync(string repository, string digest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Host}/v2/{repository}/blobs/{digest}");
        using var response = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public async Task<(byte[] Content, string Digest)> PullManifestAsync(string repository, string reference)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Host}/v2/{repository}/manifests/{reference}");
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json");
        using var response = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsByteArrayAsync(), response.Headers.GetValues("Docker-Content-Digest").Single());
    }

    public async Task<bool> HasTagAsync(string repository, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"http://{Host}/v2/{repository}/manifests/{tag}");
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json");
        using var response = await Http.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Http.Dispose();
        folder.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Missing()
    {
        Peer.Missing("docker-registry", "apt-get install docker-registry");
        throw new UnreachableException();
    }

    private async Task AnswersAsync()
    {
        for (var until = DateTime.UtcNow.AddSeconds(20); ;)
        {
            try
            {
                using var answer = await Http.GetAsync($"http://{Host}/v2/");
                return;
            }
            catch (HttpRequestException)
            {
                Assert.True(DateTime.UtcNow < until && !process.HasExited, "docker-registry did not answer within 20 s");
                await Task.Delay(20);
            }
        }
    }
}
