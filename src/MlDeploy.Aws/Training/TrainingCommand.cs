using System.Collections.Immutable;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Training;

/// <summary>What a job runs, in the folder of its code.</summary>
public static class TrainingCommand
{
    /// <summary>The name that the list of packages has in the bucket, whatever it is called here.</summary>
    public const string Requirements = "requirements.txt";

    /// <summary>Installs the packages, then goes on as the command itself; the words are passed on unchanged.</summary>
    private const string Install = "python3 -m pip install --quiet --no-input --disable-pip-version-check -r " + Requirements + " && exec \"$@\"";

    /// <param name="command">`training.command`; it wins over what the script's name says.</param>
    /// <param name="script">The file's name.</param>
    /// <param name="parameters">Handed to the script as `--name value`, as SageMaker's own images do; they also stand in
    /// `/opt/ml/input/config/hyperparameters.json`.</param>
    /// <exception cref="ExpectedException">Exit 3: nothing says how the script is run.</exception>
    public static ImmutableArray<string> Of(ImmutableArray<string> command, string? script, bool requirements, ImmutableSortedDictionary<string, string> parameters)
    {
        ImmutableArray<string> words = !command.IsDefaultOrEmpty ? command
            : script is null ? []
            : [.. Interpreter(script), script, .. parameters.SelectMany(parameter => new[] { $"--{parameter.Key}", parameter.Value })];
        return !requirements ? words
            : words.IsEmpty ? throw new ExpectedException(ExitCode.Usage, "--requirements without a script: the image runs something of its own", "name the script with --script, or set training.command")
            : ["/bin/sh", "-c", Install, "train", .. words];
    }

    private static string[] Interpreter(string script) => Path.GetExtension(script) switch
    {
        ".py" => ["python3"],
        ".sh" => ["/bin/sh"],
        ".R" or ".r" => ["Rscript"],
        ".jl" => ["julia"],
        var other => throw new ExpectedException(
            ExitCode.Usage, $"nothing says how {script} is run: {(other.Length == 0 ? "its name has no ending" : $"{other} is not .py, .sh, .R or .jl")}", "set training.command, for instance [dotnet, run, train.cs]"),
    };
}
