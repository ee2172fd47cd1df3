using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnLocal;

/// <summary>The local target as a command sees it: where its state lies, and what a host needs from this process.</summary>
internal static class LocalTarget
{
    /// <summary>A pipeline's log watcher may end what carries its marker; the host gets only what tools need.</summary>
    public static HostEnvironment Environment(CommandContext context)
    {
        var paths = Paths(context);
        return new HostEnvironment(
            paths,
            context.Clock,
            context.Surroundings.Random,
            new HostLog(paths.HostLog, context.Clock),
            context.Surroundings.Self,
            new CommandRunner(context.Clock),
            BaseEnvironment(context).SetItem("MLDEPLOY_STATE", paths.Root));
    }

    public static StatePaths Paths(CommandContext context) => StatePaths.From(context.Surroundings.Variable);

    /// <summary>The part of this environment that a version's processes get.</summary>
    public static ImmutableSortedDictionary<string, string> BaseEnvironment(CommandContext context) => ApplicationEnvironment.Compose(
        context.Surroundings.Variable, ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty);

    /// <summary>The state of one application that was deployed here.</summary>
    /// <exception cref="ExpectedException">There is none of that name.</exception>
    public static ApplicationPaths Existing(CommandContext context, string name)
    {
        var paths = Paths(context);
        return File.Exists(paths.Application(name).Record)
            ? paths.Application(name)
            : throw new ExpectedException(
                ExitCode.Usage,
                $"the local target has no application {name}{(paths.Applications().ToArray() is { Length: > 0 } known ? $"; it has {string.Join(", ", known)}" : "")}",
                "deploy it with `mldeploy deploy`, or name another with --app");
    }
}
