using System.CommandLine;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy logs`</summary>
internal static class LogsCommand
{
    public static ToolCommand Create(CommonOptions options)
    {
        var version = new Argument<string?>("version") { Description = "A version's label; default: all that run.", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on printing as lines are written." };
        var tail = new Option<int>("--tail") { Description = "How many lines of the past; default 100.", HelpName = "LINES", DefaultValueFactory = _ => 100 };

        // Here -f follows, as everybody's fingers expect of logs; the manifest is --file.
        var file = new Option<string>("--file") { Description = options.File.Description, HelpName = "PATH", DefaultValueFactory = _ => CommonOptions.DefaultFile };
        return new ToolCommand(Groups.Watch, "logs", "What the versions printed.")
        {
            Examples = ["mldeploy logs --follow", "mldeploy logs v2 --tail 20"],
        }
            .With(version)
            .With([follow, tail, .. options.Running.Select(option => option == options.File ? file : option)]);
    }
}
