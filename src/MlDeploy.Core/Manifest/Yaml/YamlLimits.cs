namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>
/// What an untrusted document may cost. A real manifest has some hundred values, four levels and a few kilobytes:
/// each limit is two orders of magnitude above that, and low enough that reading stays far below a second.
/// </summary>
internal static class YamlLimits
{
    /// <summary>Bytes of the document.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>Maps and lists inside one another.</summary>
    public const int Depth = 40;

    /// <summary>Values (long texts as one for each 64 characters), aliases counted as what they stand for.</summary>
    public const int Nodes = 50_000;

    /// <summary>Characters that variables may bring in, in all.</summary>
    public const int FilledCharacters = 1 << 20;

    /// <summary>Overlays under `environments`: each is checked against the whole document.</summary>
    public const int Environments = 32;

    /// <summary>Problems reported; the rest is only counted.</summary>
    public const int Problems = 500;
}
