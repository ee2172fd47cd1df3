using System.Text.RegularExpressions;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Images.Naming;

/// <summary>An image in a registry: `host[:port]/repository`, and the tag, the digest, or both that say which.</summary>
/// <param name="Host">With its port; never empty.</param>
public sealed partial record ImageReference(string Host, string Repository, string? Tag, ContentDigest? Digest)
{
    /// <summary>`host/repository`.</summary>
    public string Name => $"{Host}/{Repository}";

    public override string ToString() => $"{Name}{(Tag is null ? "" : $":{Tag}")}{(Digest is { } digest ? $"@{digest}" : "")}";

    /// <summary>True when the text begins with what is a registry's address and not the first part of a repository's name.</summary>
    /// <remarks>The rule of docker: it has a dot or a port, or is `localhost`.</remarks>
    public static bool NamesRegistry(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : text[..slash];
        return first == "localhost" || first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal);
    }

    /// <param name="wrong">What is wrong with the text, when it is no reference.</param>
    public static ImageReference? Parse(string text, out string wrong)
    {
        if (!NamesRegistry(text))
        {
            wrong = "names no registry";
            return null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (host, rest) = (text[..slash], text[(slash + 1)..]);
        ContentDigest? digest = null;
        if (rest.IndexOf('@', StringComparison.Ordinal) is var at and >= 0)
        {
            digest = ContentDigest.Parse(rest[(at + 1)..]);
            rest = rest[..at];
            if (digest is null)
            {
                wrong = "has something behind @ that is not sha256: and 64 lower-case hexadecimal digits";
                return null;
            }
        }

        string? tag = null;
        if (rest.LastIndexOf(':') is var colon and >= 0)
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
        }

        wrong = !HostPattern().IsMatch(host) ? "has a registry address that is not host or host:port"
            : rest.Any(char.IsAsciiLetterUpper) ? "has upper-case letters in the repository's name"
            : rest.Length > 255 || !RepositoryPattern().IsMatch(rest) ? "has a repository name that registries do not take (a-z, 0-9, and . _ - / between them)"
            : tag is not null && !TagPattern().IsMatch(tag) ? "has a tag that registries do not take (letters, digits, _ . -, at most 128)"
            : "";
        return wrong.Length == 0 ? new ImageReference(host, rest, tag, digest) : null;
    }

    public static bool IsTag(string text) => TagPattern().IsMatch(text);

    /// <summary>The tag that stands for a version's label: `+` is not allowed in tags and becomes `_`, as Helm does.</summary>
    public static string TagOf(string version) => version.Replace('+', '_');

    [GeneratedRegex(@"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking, 1000)]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.None, 1000)]
    private static partial Regex TagPattern();
}
