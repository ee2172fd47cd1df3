using System.Collections.Immutable;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>What docker, podman and git need of this process's environment, and nothing else of it.</summary>
internal static class ToolEnvironment
{
    private static readonly string[] Names =
    [
        "PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "SystemRoot", "USERPROFILE", "PATHEXT",
        "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST", "CONTAINERS_STORAGE_CONF", "STORAGE_DRIVER",
    ];

    public static ImmutableSortedDictionary<string, string> Of(CommandContext context) => Names
        .Select(name => (Name: name, Value: context.Surroundings.Variable(name))).Where(variable => variable.Value is not null)
        .ToImmutableSortedDictionary(variable => variable.Name, variable => variable.Value!, StringComparer.Ordinal);
}
