using System.CommandLine;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Tool.Commands;

/// <summary>
/// The options that mean the same everywhere. A command takes those that it reads:
/// an option that would be ignored is refused instead.
/// </summary>
internal sealed class CommonOptions
{
    public const string DefaultFile = "mlapp.yaml";

    public Option<string> File { get; } = new("--file", "-f")
    {
        Description = $"The manifest; default {DefaultFile}; `-` reads standard input.",
        HelpName = "PATH",
        DefaultValueFactory = _ => DefaultFile,
    };

    public Option<string> Target { get; } = new Option<string>("--target", "-t")
    {
        Description = "Where versions run: local (the default) or aws.",
        HelpName = "TARGET",
        DefaultValueFactory = _ => "local",
    }.OneOf(["local", "aws"]);

    public Option<string?> Environment { get; } = new("--env", "-e")
    {
        Description = "The manifest's environment to apply.",
        HelpName = "NAME",
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Override one setting: rollout.bake=5m. Repeatable; applied last, in order.",
        HelpName = "PATH=VALUE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Instead of the manifest's: for commands that look at the image or bring it somewhere.</summary>
    public Option<string?> Image { get; } = new("--image")
    {
        Description = "application.image: NAME:TAG, archive:FILE, oci:DIR or HOST/REPOSITORY:TAG.",
        HelpName = "IMAGE",
    };

    /// <summary>Names an application where there is no manifest at hand.</summary>
    public Option<string?> Application { get; } = new("--app")
    {
        Description = "The application, instead of the one that the manifest names.",
        HelpName = "NAME",
    };

    public Option<string> Output { get; } = new Option<string>("--output", "-o")
    {
        Description = "text (the default), or json: one document on standard output.",
        HelpName = "FORMAT",
        Recursive = true,
        DefaultValueFactory = _ => "text",
    }.OneOf(["text", "json"], elsewhere: ["github", "html"]);

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Say more on standard error.",
        Recursive = true,
    };

    public Option<bool> NoColor { get; } = new("--no-color")
    {
        Description = "No colour; so do NO_COLOR and an output that is no terminal.",
        Recursive = true,
    };

    /// <summary>For commands that read the manifest.</summary>
    public IEnumerable<Option> Manifest => [File, Target, Environment, Set];

    /// <summary>For commands on an application that runs.</summary>
    public IEnumerable<Option> Running => [Application, File, Target, Environment, Set];
}

internal static class OptionExtensions
{
    /// <summary>Takes these values and no others; a misspelt one names the nearest.</summary>
    /// <param name="elsewhere">Right for some commands only; the others refuse it themselves.</param>
    public static Option<string> OneOf(this Option<string> option, string[] values, string[]? elsewhere = null)
    {
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !values.Contains(token.Value, StringComparer.Ordinal) && elsewhere?.Contains(token.Value, StringComparer.Ordinal) != true))
            {
                var near = NearestName.Of(token.Value, values);
                result.AddError($"{option.Name} is one of {string.Join(", ", values)}, not '{token.Value}'{(near is null ? "" : $" (did you mean '{near}'?)")}");
            }
        });
        return option;
    }

    public static ToolCommand With(this ToolCommand command, params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            command.Add(option);
        }

        return command;
    }

    public static ToolCommand With(this ToolCommand command, params Argument[] arguments)
    {
        foreach (var argument in arguments)
        {
            command.Add(argument);
        }

        return command;
    }
}
