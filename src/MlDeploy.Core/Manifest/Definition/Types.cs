using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>The types that several sections share.</summary>
internal static class Types
{
    public static TextType Url { get; } = new("a URL", "an http or https URL without user name and password", Names.HttpUrl, "^https?://");

    public static TextType UrlPath { get; } = new("a URL path", "a path that begins with /, such as /health", Names.UrlPath, "^/");

    public static TextType JsonPath { get; } = new("a JSON path", "a JSON path to one place, such as $.scores[0]", Names.JsonPath, @"^\$");

    public static TextType Listen { get; } = new("an address", "an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080", Names.Listen, @":\d+$", suggest: Names.NearestListen);

    /// <summary>A program and its arguments; never a line for a shell, so that nothing is split or expanded on the way.</summary>
    public static ListType<string> Command { get; } = new(TextType.Any, "a program and its arguments, such as [dotnet, run, score.cs]", shortest: 1);

    public static ListType<string> Features { get; } = new(NotEmpty("a feature's name"), "names of features");

    public static TextType NotEmpty(string noun) => new(noun, $"{noun}, not empty", Names.NotEmpty, @"\S");

    public static TextType Label(string noun) =>
        new(noun, $"{noun}: letters, digits and - _ . +, at most 64, beginning with a letter or a digit", Names.Label, "^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$");

    public static DurationType Duration(string min, string max, string example) =>
        new(Quantity.Duration(min)!.Value, Quantity.Duration(max)!.Value, example);

    public static MapType<string> TextMap(string keys, string values, Func<string, string?> checkKey) => new(TextType.Any, keys, values, checkKey);

    public static ImmutableSortedDictionary<string, T> Sorted<T>(ImmutableArray<Named<T>> entries) =>
        
        entries.Aggregate(ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal), (sorted, entry) => sorted.SetItem(entry.Key, entry.Value));
}
