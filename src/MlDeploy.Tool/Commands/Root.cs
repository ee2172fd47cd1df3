using System.CommandLine;
using System.CommandLine.Help;

namespace MlDeploy.Tool.Commands;

/// <summary>All commands, in the order that help shows them.</summary>
internal static class Root
{
    public const string Name = "mldeploy";

    public static RootCommand Create(CommonOptions options)
    {
        var root = All(options);

        // One way to write it: `-?` would need quoting in most shells, `/h` is a path in the others.
        var help = root.Options.OfType<HelpOption>().Single();
        help.Aliases.Clear();
        help.Aliases.Add("-h");
        return root;
    }

    private static RootCommand All(CommonOptions options) => new(
        "Deploys a machine-learning application step by step, judges the new version on live traffic, and rolls back by itself.")
    {
        options.Output,
        options.Verbose,
        options.NoColor,

        InitCommand.Create(options),
        ValidateCommand.Create(options),
        SchemaCommand.Create(),
        RenderCommand.Create(options),
        PlanCommand.Create(options),
        SimulateCommand.Create(options),

        ProvisionCommand.Create(options),
        DeployCommand.Create(options),
        PromoteCommand.Create(options),
        AbortCommand.Create(options),
        RollbackCommand.Create(options),
        DestroyCommand.Create(options),

        StatusCommand.Create(options),
        HistoryCommand.Create(options),
        LogsCommand.Create(options),
        MetricsCommand.Create(options),
        DashboardCommand.Create(options),
        ReportCommand.Create(options),

        ProfileCommand.Create(options),
        DriftCommand.Create(options),
        TrainCommand.Create(options),

        HostCommand.Create(),
        DoctorCommand.Create(options),
        DemoCommand.Create(),
    };
}
