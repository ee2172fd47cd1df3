namespace MlDeploy.Local.Applications;

/// <summary>Takes secret values out of what an application wrote, before we repeat it.</summary>
internal static class Redaction
{
    /// <summary>Shorter values would blank out ordinary words.</summary>
    private const int Shortest = 4;

    public static string Of(string text, IEnumerable<string> secrets) =>
        secrets.Where(secret => secret.Length >= Shortest).Aggregate(text, (redacted, secret) => redacted.Replace(secret, "•••", StringComparison.Ordinal));
}
