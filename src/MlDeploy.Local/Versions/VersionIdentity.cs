using System.Text;
using System.Text.Json;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Versions;

/// <summary>A version is its label and a digest over what it runs: the snapshot, and the settings that shape the process.</summary>
internal static class VersionIdentity
{
    private const int LongestLabel = 48;
    private const int DigestShown = 12;

    /// <summary>SHA-256 over the snapshot's digest and the manifest's application and model settings; how it is rolled out does not make another version.</summary>
    public static string Digest(string snapshot, string canonicalManifest)
    {
        using var manifest = JsonDocument.Parse(canonicalManifest);
        var text = new StringBuilder(snapshot);
        foreach (var section in (ReadOnlySpan<string>)["application", "model"])
        {
            if (manifest.RootElement.TryGetProperty(section, out var settings))
            {
                text.Append('\n').Append(section);
                AppendSettings(text, settings);
            }
        }

        return Digests.Of(text.ToString());
    }

    /// <summary>`label-digest12`, fit for a file name, a header and an argument. Labels that had to be changed for that stay different versions.</summary>
    public static string Id(string label, string digest)
    {
        var safe = new string([.. label.Take(LongestLabel).Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' ? character : '_')]);
        var fit = safe is ['.' or '-', ..] or [] ? $"_{safe}" : safe;
        return $"{fit}-{(fit == label ? digest[..DigestShown] : Digests.Short($"{label}\n{digest}"))}";
    }

    /// <summary>The folder a snapshot came from is not part of what it is.</summary>
    private static void AppendSettings(StringBuilder text, JsonElement settings)
    {
        foreach (var setting in settings.EnumerateObject().Where(setting => setting.Name != "workingDirectory").OrderBy(setting => setting.Name, StringComparer.Ordinal))
        {
            text.Append('\n').Append(setting.Name).Append('=').Append(setting.Value.GetRawText());
        }
    }
}
