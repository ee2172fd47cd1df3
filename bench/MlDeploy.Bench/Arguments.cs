using System.Globalization;

namespace MlDeploy.Bench;

/// <summary><c>--name value</c> pairs and flags.</summary>
internal sealed class Arguments(IEnumerable<string> words)
{
    private readonly string[] all = [.. words];

    public bool Has(string flag) => all.Contains(flag);

    public int Number(string name, int otherwise) =>
        Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public string? Text(string name) => Array.IndexOf(all, name) is >= 0 and var at && at + 1 < all.Length ? all[at + 1] : null;
}
