using System.Text;

namespace MlDeploy.Local.Processes;

/// <summary>Bytes in, lines out: keeps an unfinished line until it ends, and cuts one that never does.</summary>
internal sealed class LineBuffer
{
    private const int LongestLine = 64 * 1024;
    private readonly List<byte> unfinished = [];

    public List<string> Add(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var taken = end >= 0 ? end : bytes.Length;
            unfinished.AddRange(bytes[..taken]);
            bytes = bytes[Math.Min(bytes.Length, taken + 1)..];
            if (end >= 0 || unfinished.Count >= LongestLine)
            {
                lines.Add(Encoding.UTF8.GetString(unfinished.ToArray()).TrimEnd('\r'));
                unfinished.Clear();
            }
        }

        return lines;
    }
}
