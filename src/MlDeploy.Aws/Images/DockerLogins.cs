using System.Text;
using System.Text.Json;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images;

/// <summary>
/// What `docker login` and `podman login` wrote down: `auths` of `$DOCKER_CONFIG/config.json` (default `~/.docker/config.json`)
/// and of `$REGISTRY_AUTH_FILE`. Credential helpers are programs of their own and are not asked.
/// </summary>
/// <param name="variable">The environment.</param>
public sealed class DockerLogins(Func<string, string?> variable) : IRegistryCredentials
{
    /// <summary>What docker calls Docker Hub in this file.</summary>
    private const string DockerHub = "https://index.docker.io/v1/";

    public async Task<RegistryAccess?> FindAsync(string host, CancellationToken cancel)
    {
        foreach (var file in Files().Where(File.Exists))
        {
            if (Login(await ReadAsync(file, cancel), file, host) is var (user, password))
            {
                return new RegistryAccess(RegistryAccess.EndpointOf(host), user, password);
            }
        }

        return null;
    }

    private IEnumerable<string> Files()
    {
        if (variable("REGISTRY_AUTH_FILE") is { Length: > 0 } podman)
        {
            yield return podman;
        }

        if (variable("DOCKER_CONFIG") is { Length: > 0 } folder)
        {
            yield return Path.Combine(folder, "config.json");
        }
        else if (variable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".docker", "config.json");
        }
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            return new FileInfo(file).Length <= ImageDocument.LargestBytes ? await File.ReadAllBytesAsync(file, cancel) : throw Unreadable(file, "it is too large", null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, failure.Message, failure);
        }
    }

    private static (string User, string Password)? Login(byte[] content, string file, string host)
    {
        try
        {
            return ImageDocument.Read(content, "file", root =>
                root.TryGetProperty("auths", out var auths) && auths.ValueKind == JsonValueKind.Object
                    ? auths.EnumerateObject().Where(auth => Names(auth.Name, host)).Select(auth => Pair(ImageDocument.Text(auth.Value, "auth"))).FirstOrDefault(pair => pair is not null)
                    : null);
        }
        catch (ImageDocumentException wrong)
        {
            throw Unreadable(file, wrong.Message, wrong);
        }
    }

    private static bool Names(string key, string host) =>
        key == host || key == $"https://{host}" || (host == "docker.io" && key is DockerHub or "docker.io");

    private static (string User, string Password)? Pair(string? encoded)
    {
        var bytes = new byte[encoded?.Length ?? 0];
        if (encoded is null or "" || !Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? (text[..colon], text[(colon + 1)..]) : null;
    }

    private static ExpectedException Unreadable(string file, string why, Exception? inner) =>
        new(ExitCode.Usage, $"the logins in {file} cannot be read: {why}", "log in again, or name another file with DOCKER_CONFIG", inner);
}
