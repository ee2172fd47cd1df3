using MlDeploy.Aws.Deploying.Heartbeat;

namespace MlDeploy.Aws.Deploying;

/// <summary>Who deploys and where to see it, in a deployment's description, which has at most 100 characters.</summary>
public static class LeaseText
{
    private const int Longest = 100;
    private const string Mark = "mldeploy";

    /// <summary>The run's address is what a reader needs most: the holder's name is cut for it. One that does not fit at all is left out: half an address leads nowhere.</summary>
    public static string Write(HeartbeatName heartbeat, string holder, string? runUrl)
    {
        var begin = $"{Mark} {heartbeat.Key} ";
        var url = runUrl is { Length: > 0 } && begin.Length + runUrl.Length + 2 <= Longest ? $" {runUrl}" : "";
        var room = Longest - begin.Length - url.Length;
        return $"{begin}{(holder.Length > room ? holder[..room] : holder)}{url}";
    }

    /// <returns>Null when it was not written by us.</returns>
    public static (string Key, string Holder, string? RunUrl)? Read(string? description)
    {
        if (description?.Split(' ', 3) is not [Mark, { Length: 8 } key, var rest])
        {
            return null;
        }

        var at = rest.LastIndexOf(" http", StringComparison.Ordinal);
        return at < 0 ? (key, rest, null) : (key, rest[..at], rest[(at + 1)..]);
    }
}
