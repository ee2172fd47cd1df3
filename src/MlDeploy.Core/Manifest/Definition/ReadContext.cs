using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>What reading one document needs and leaves behind.</summary>
/// <param name="baseDirectory">Absolute; relative paths are resolved against it.</param>
/// <param name="requireAll">False while an overlay that was not selected is checked: what it leaves out is no problem.</param>
internal sealed class ReadContext(ProblemList problems, string baseDirectory, bool requireAll)
{
    private readonly List<string> damaged = [];

    public string BaseDirectory { get; } = baseDirectory;

    public bool RequireAll { get; } = requireAll;

    /// <summary>True when no more problems are shown: working out a remedy is wasted.</summary>
    public bool IsFull => problems.Count >= YamlLimits.Problems;

    public void Report(Mark mark, SettingPath path, string message, string? found, string? allowed, string remedy)
    {
        var text = path.ToString();
        damaged.Add(text);
        problems.Add(mark, text, message, found is null ? null : $"`{ProblemList.Shorten(found)}`", allowed, remedy);
    }

    /// <summary>A value that is not known: rules about it have nothing to say.</summary>
    public void Damaged(SettingPath path) => damaged.Add(path.ToString());

    /// <summary>True when what stands at, above or below the path could not be read: a rule's verdict on it would only repeat that.</summary>
    public bool IsDamaged(string path) => damaged.Exists(other => SettingPath.Overlap(other, path));
}
