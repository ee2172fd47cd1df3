namespace MlDeploy.Core.Manifest.Rules;

/// <summary>What a rule sees: the typed settings, what is written and where, and where to say what is wrong.</summary>
/// <param name="manifest">Every value that could be read; the others hold stand-ins.</param>
/// <param name="isDamaged">True for a path that could not be read: what a rule finds there is dropped, since it would follow from that.</param>
internal sealed class RuleContext(AppManifest manifest, ManifestOrigins origins, ProblemList problems, Func<string, bool> isDamaged)
{
    public AppManifest Manifest { get; } = manifest;

    public bool IsWritten(string path) => origins.IsWritten(path);

    /// <param name="path">The setting that is to change.</param>
    /// <param name="involved">Other settings the finding rests on: when one of them could not be read, there is no finding.</param>
    public void Report(string path, string message, string? allowed, string remedy, params ReadOnlySpan<string> involved)
    {
        if (isDamaged(path))
        {
            return;
        }

        foreach (var other in involved)
        {
            if (isDamaged(other))
            {
                return;
            }
        }

        var (file, line, column) = origins.Locate(path);
        var found = origins.Shown(path) is { Length: > 0 } shown ? $"`{ProblemList.Shorten(shown)}`" : null;
        problems.Add(new ManifestProblem(file, line, column, path, message, found, allowed, remedy));
    }
}
