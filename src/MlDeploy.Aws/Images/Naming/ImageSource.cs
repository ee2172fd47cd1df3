using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Aws.Images.Naming;

/// <summary>
/// Where the image to deploy comes from, as `application.image` or `--image` says it:
/// <list type="bullet">
/// <item>`archive:PATH`: a file, made by `docker save` or holding an OCI layout, as tar or tar.gz;</item>
/// <item>`oci:PATH`: the folder of an OCI layout;</item>
/// <item>`docker:NAME:TAG`, `podman:NAME:TAG`: what that program has on this machine;</item>
/// <item>`HOST/REPOSITORY:TAG` or `…@sha256:…`: an image that is in a registry already;</item>
/// <item>`NAME:TAG`, without a registry: what docker has on this machine, else podman. Never a public registry by default: a
/// misspelt local name would then deploy a stranger's image.</item>
/// </list>
/// Of several images in one archive or layout `#NAME` says which.
/// </summary>
public abstract record ImageSource
{
    private static readonly string[] Kinds = ["archive", "oci", "docker", "podman"];

    /// <summary>What other tools call the same.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["docker-archive"] = "archive", ["oci-archive"] = "archive", ["file"] = "archive", ["tar"] = "archive", ["oci-layout"] = "oci", ["dir"] = "oci", ["docker-daemon"] = "docker", ["containers-storage"] = "podman",
    };

    private ImageSource()
    {
    }

    /// <param name="Path">Absolute.</param>
    /// <param name="Name">Which of several; null when it holds one.</param>
    public sealed record Archive(string Path, string? Name) : ImageSource;

    /// <param name="Path">Absolute.</param>
    /// <param name="Name">Which of several; null when it holds one.</param>
    public sealed record Layout(string Path, string? Name) : ImageSource;

    /// <param name="Program">`docker` or `podman`; null: the first of them that has it.</param>
    public sealed record Engine(string? Program, string Name) : ImageSource;

    public sealed record Registry(ImageReference Reference) : ImageSource;

    /// <param name="baseDirectory">What relative paths are meant from: the manifest's folder.</param>
    /// <exception cref="ExpectedException">Exit 3: what is wrong, and the nearest right way to write it.</exception>
    public static ImageSource Parse(string text, string baseDirectory)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? ("", text) : (text[..colon], text[(colon + 1)..]);
        return kind switch
        {
            "archive" => Located(text, rest, baseDirectory, (path, name) => new Archive(path, name)),
            "oci" => Located(text, rest, baseDirectory, (path, name) => new Layout(path, name)),
            "docker" or "podman" => new Engine(kind, EngineName(text, rest)),
            _ when Elsewhere.TryGetValue(kind, out var ours) => throw Wrong(text, $"begins with {kind}:, which is called {ours}: here", $"write {ours}:{rest}"),
            _ when ImageReference.NamesRegistry(text) && text[0] != '.' => new Registry(Qualified(text, kind)),
            _ when Misspelt(kind, rest) is { } near => throw Wrong(text, $"begins with {kind}:, which is no kind of image", $"did you mean {near}:{rest}"),
            _ when LooksLikePath(text) => throw Wrong(text, "looks like a file", $"write archive:{text} for a file, or oci:{text} for the folder of an OCI layout"),
            _ => new Engine(null, EngineName(text, text)),
        };
    }

    private static ImageSource Located(string text, string rest, string baseDirectory, Func<string, string?, ImageSource> make)
    {
        var hash = rest.LastIndexOf('#');
        var (path, name) = hash < 0 ? (rest, null) : (rest[..hash], rest[(hash + 1)..]);
        return path.Length > 0 && name is not "" && !path.Contains('\0', StringComparison.Ordinal)
            ? make(System.IO.Path.GetFullPath(path, baseDirectory), name)
            : throw Wrong(text, "names no path", "write archive:PATH, oci:PATH, and #NAME behind it when there are several images");
    }

    private static ImageReference Qualified(string text, string kind)
    {
        if (ImageReference.Parse(text, out var wrong) is not { } reference)
        {
            throw Misspelt(kind, text[(kind.Length + 1)..]) is { } near
                ? Wrong(text, $"begins with {kind}:, which is no kind of image", $"did you mean {near}:{text[(kind.Length + 1)..]}")
                : Wrong(text, wrong, "write HOST/REPOSITORY:TAG or HOST/REPOSITORY@sha256:DIGEST");
        }

        return reference.Tag is null && reference.Digest is null
            ? throw Wrong(text, "has neither a tag nor a digest, and latest is never assumed", $"write {text}:TAG or {text}@sha256:DIGEST")
            : reference;
    }

    /// <remarks>Without a tag `docker save` would export every tag of that name.</remarks>
    private static string EngineName(string text, string name)
    {
        var tagged = name.LastIndexOf(':') > name.LastIndexOf('/') || name.Contains('@', StringComparison.Ordinal) || (name.Length is >= 12 and <= 64 && name.All(char.IsAsciiHexDigitLower));
        return name.Length is 0 or > 512 || name[0] == '-' || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '/' or ':' or '@'))
            ? throw Wrong(text, "is no name of an image", "write NAME:TAG, HOST/REPOSITORY:TAG, archive:PATH or oci:PATH")
            : !tagged ? throw Wrong(text, "has no tag, and latest is never assumed", $"write {text}:TAG")
            : name;
    }

    private static bool LooksLikePath(string text) =>
        text.StartsWith('.') || text.StartsWith('/') || text.StartsWith('~') || text.EndsWith(".tar", StringComparison.Ordinal) || text.EndsWith(".tar.gz", StringComparison.Ordinal) || text.EndsWith(".tgz", StringComparison.Ordinal);

    /// <summary>`achive:app.tar`: a tag cannot hold a path, so this was meant to be a kind.</summary>
    private static string? Misspelt(string kind, string rest) =>
        kind.Length > 0 && (rest.Contains('/', StringComparison.Ordinal) || rest.Contains(':', StringComparison.Ordinal) || LooksLikePath(rest)) ? NearestName.Of(kind, Kinds) : null;

    private static ExpectedException Wrong(string text, string what, string remedy) => new(ExitCode.Usage, $"the image `{Shown(text)}` {what}", remedy);

    private static string Shown(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
