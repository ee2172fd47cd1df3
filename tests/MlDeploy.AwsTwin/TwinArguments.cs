using System.Globalization;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin;

/// <summary>The program's command line.</summary>
internal static class TwinArguments
{
    public const string Usage = """
        usage: MlDeploy.AwsTwin --port N [--speed N] [--seed N] [--moto COMMAND] [--image PATTERN=COMMAND …]
          --port   loopback port of the endpoint; 0 takes a free one
          --speed  twin seconds per real second, 1 to 1000 (default 1)
          --image  the local command that stands for a container image; * matches any text; its port is in $PORT
        """;

    /// <returns>Null when the arguments make no sense, with what is wrong.</returns>
    public static TwinOptions? Parse(string[] arguments, out string problem)
    {
        var options = new TwinOptions();
        var images = new List<ImageCommand>();
        problem = "";
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i];
            if (i + 1 == arguments.Length)
            {
                problem = $"{name} needs a value";
                return null;
            }

            var value = arguments[i + 1];
            switch (name)
            {
                case "--port" when int.TryParse(value, CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= 65535:
                    options = options with { Port = port };
                    break;
                case "--speed" when double.TryParse(value, CultureInfo.InvariantCulture, out var speed) && speed is >= 1 and <= 1000:
                    options = options with { Speed = speed };
                    break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    break;
                case "--moto":
                    options = options with { MotoCommand = value };
                    break;
                case "--image" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at:
                    images.Add(new ImageCommand(value[..at], value[(at + 1)..]));
                    break;
                default:
                    problem = $"{name} {value}: not understood";
                    return null;
            }
        }

        return options with { Images = images };
    }
}
