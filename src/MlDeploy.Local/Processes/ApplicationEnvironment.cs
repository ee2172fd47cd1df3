using System.Collections.Immutable;
using System.Globalization;

namespace MlDeploy.Local.Processes;

/// <summary>
/// The environment of an application process, all of it: what the machine's tools need, then the manifest's variables, then the
/// secrets, then ours. Nothing else of the deployer's environment gets in, so that a version behaves the same whoever deploys it.
/// </summary>
public static class ApplicationEnvironment
{
    /// <summary>What is taken over from the deployer's environment when it is set there.</summary>
    public static ImmutableArray<string> TakenOver { get; } =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TMP", "TEMP",
        "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNET_NOLOGO", "NUGET_PACKAGES", "JAVA_HOME", "VIRTUAL_ENV", "PYTHONPATH", "CONDA_PREFIX",
        "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_HOME", "CUDA_VISIBLE_DEVICES",
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramFiles", "ProgramData",
        "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
    ];

    /// <summary>The part that is fixed when a version is made; kept with it, so that a restart gives it the same.</summary>
    /// <param name="variable">The deployer's environment.</param>
    /// <param name="manifest"><c>application.environment</c>.</param>
    /// <param name="secrets">Resolved values.</param>
    public static ImmutableSortedDictionary<string, string> Compose(
        Func<string, string?> variable, IReadOnlyDictionary<string, string> manifest, IReadOnlyDictionary<string, string> secrets)
    {
        var environment = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in TakenOver)
        {
            if (variable(name) is { } value)
                environment[name] = value;
        }

        foreach (var (name, value) in manifest.Concat(secrets))
            environment[name] = value;
        return environment.ToImmutable();
    }

    /// <summary>Adds what differs from start to start: <c>PORT</c> and the instance's cookie. They win over the manifest's.</summary>
    public static ImmutableSortedDictionary<string, string> For(ImmutableSortedDictionary<string, string> composed, int port, string cookie) => composed
        .SetItem("PORT", port.ToString(CultureInfo.InvariantCulture))
        .SetItem(InstanceCookie.Variable, cookie);
}
