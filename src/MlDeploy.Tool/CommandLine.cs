using System.CommandLine;
using System.CommandLine.Help;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;
using MlDeploy.Tool.Signals;

namespace MlDeploy.Tool;

/// <summary>From arguments to an exit code: parse, run one command, render whatever went wrong.</summary>
internal static class CommandLine
{
    // A value that begins with @ is a value (`--set`), not the name of a file with more arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, Interruption interruption)
    {
        var options = new CommonOptions();
        var root = Root.Create(options);
        var parse = root.Parse(arguments, Parsing);
        var context = CommandContext.Create(parse, options, surroundings, interruption);
        var errors = new ErrorWriter(context);

        if (arguments.Count == 0)
        {
            // Not 0: in a pipeline this is a variable that should have held the command and was empty.
            HelpText.Write(surroundings.Messages, root);
            return ExitCode.Usage;
        }

        if (parse.Action is HelpAction)
        {
            HelpText.Write(surroundings.Results, parse.CommandResult.Command);
            return ExitCode.Done;
        }

        if (root.Options.OfType<VersionOption>().Any(option => parse.GetResult(option) is not null))
        {
            surroundings.Results.WriteLine(ToolVersion.Text);
            return ExitCode.Done;
        }

        if (UsageErrors.Of(parse, context.Results.Format) is { Count: > 0 } mistakes)
        {
            return errors.Usage(mistakes);
        }

        return parse.CommandResult.Command is ToolCommand command && (parse.Action is null || parse.Action == command.Action)
            ? await RunAsync(command, parse, context, errors)
            : await parse.InvokeAsync(new InvocationConfiguration { Output = surroundings.Results, Error = surroundings.Messages }) == 0
                ? ExitCode.Done
                : ExitCode.Usage;
    }

    private static async Task<ExitCode> RunAsync(ToolCommand command, ParseResult parse, CommandContext context, ErrorWriter errors)
    {
        try
        {
            return await TargetChoice.Handler(command, parse, context.Options)(parse, context);
        }
        catch (ManifestRejectedException rejected)
        {
            return errors.Manifest(rejected);
        }
        catch (ExpectedException expected)
        {
            return errors.Expected(expected);
        }
        catch (Exception failure) when (context.Interruption.ExitCode is null && AwsFailures.Explain(failure) is { } explained)
        {
            return errors.Expected(explained);
        }
        catch (OperationCanceledException) when (context.Interruption.ExitCode is { } signalled)
        {
            return errors.Ends(signalled);
        }
        catch (Exception bug)
        {
            return errors.Bug(bug);
        }
    }
}
