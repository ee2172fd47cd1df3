using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Local.Capture.Logs;

/// <summary>Two versions that write to one log cannot be told apart.</summary>
internal static class SharedLog
{
    /// <param name="stable">What serves; null when nothing does.</param>
    /// <exception cref="ExpectedException">Exit 3: both arms would write to the same place, or one into the other's folder.</exception>
    public static void Refuse(AppManifest candidate, AppManifest? stable)
    {
        if (candidate.Model?.Log?.Path is not { } mine || stable?.Model?.Log?.Path is not { } its)
        {
            return;
        }

        var (first, second) = (Path.TrimEndingDirectorySeparator(mine), Path.TrimEndingDirectorySeparator(its));
        if (first == second || IsWithin(first, second) || IsWithin(second, first))
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"model.log.path is {mine}, and the version that serves writes its predictions to {its}: whose a line is could not be told",
                "give each version a path of its own, such as model.log.path: predictions/${GIT_SHA}.jsonl, or leave it out to read each version's standard output");
        }
    }

    /// <summary>A file beside another whose name begins with its own counts as what that was rotated to.</summary>
    private static bool IsWithin(string path, string other) => path.StartsWith(other + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || (Path.GetDirectoryName(path) == Path.GetDirectoryName(other) && Path.GetFileName(path).StartsWith(Path.GetFileName(other), StringComparison.Ordinal));
}
