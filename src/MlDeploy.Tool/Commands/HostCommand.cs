namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy host run|start|stop|status`</summary>
internal static class HostCommand
{
    private const string Group = "commands";

    public static ToolCommand Create() =>
        new(Groups.Machine, "host", "The background process of the local target; started by itself when a command needs it.")
        {
            new ToolCommand(Group, "run", "Be the host in the foreground, for systemd and containers."),
            new ToolCommand(Group, "start", "Start the host in the background, if it does not run."),
            new ToolCommand(Group, "stop", "Stop the host and every version it runs."),
            new ToolCommand(Group, "status", "Whether the host runs, since when, and which version of mldeploy it is."),
        };
}
