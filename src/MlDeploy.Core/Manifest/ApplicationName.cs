using MlDeploy.Core.Manifest.Definition;

namespace MlDeploy.Core.Manifest;

/// <summary>The names that applications may have: DNS labels of at most 24 characters that begin with a letter.</summary>
public static class ApplicationName
{
    /// <summary>What is wrong with a name (`has upper-case letters`), or null.</summary>
    public static string? Problem(string name) => Names.ApplicationLabel(name);

    /// <summary>The nearest valid name: `My_Model v2` gives `my-model-v2`; null when nothing is left.</summary>
    public static string? Nearest(string text) => Names.NearestLabel(text);
}
