using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Processes;

/// <summary>
/// Which command stands for which container image; the first pattern that matches wins. A pattern is held against the whole image
/// reference and against its repository without tag and digest.
/// </summary>
internal sealed class ImageCommands(IReadOnlyList<ImageCommand> known)
{
    public string? Find(string image)
    {
        var repository = Regex.Replace(image, "(@sha256:[0-9a-f]+|:[^:/@]+)+$", "");
        return known.FirstOrDefault(each => Like(image, each.Pattern) || Like(repository, each.Pattern))?.Command;
    }

    private static bool Like(string text, string pattern) =>
        Regex.IsMatch(text, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$");
}
