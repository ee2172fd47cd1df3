using System.CommandLine;
using MlDeploy.Core.Errors;

namespace MlDeploy.Tool.Commands;

/// <summary>Which handler of a command acts: the target's. A command without `--target`, or one that accepts any, has one for all.</summary>
internal static class TargetChoice
{
    public const string Aws = "aws";

    /// <exception cref="ExpectedException">The command is not built on the target, or an option belongs to the other target.</exception>
    public static CommandHandler Handler(ToolCommand command, ParseResult parse, CommonOptions options)
    {
        if (command.AnyTarget || !command.Options.Contains(options.Target))
        {
            return command.Handler;
        }

        var target = parse.GetValue(options.Target)!;
        var onAws = target == Aws;
        if (onAws && command.Built && command.OnAws is null)
        {
            throw NotBuiltYet.Target(command, target);
        }

        RefuseForeign(onAws ? command.OnlyOnLocal : command.OnlyOnAws, target, parse);
        return onAws ? command.OnAws ?? NotBuiltYet.Refuse : command.Handler;
    }

    private static void RefuseForeign(IEnumerable<Symbol> foreign, string target, ParseResult parse)
    {
        foreach (var symbol in foreign)
        {
            var given = symbol switch
            {
                Option option => parse.GetResult(option) is { Implicit: false },
                Argument argument => parse.GetResult(argument) is { Tokens.Count: > 0 },
                _ => false,
            };
            if (given)
            {
                throw new ExpectedException(
                    ExitCode.Usage, $"{(symbol is Argument ? $"the argument {symbol.Name}" : symbol.Name)} means nothing on the target {target}",
                    target == Aws ? "leave it out" : $"leave it out, or name the target: --target {Aws}");
            }
        }
    }
}
