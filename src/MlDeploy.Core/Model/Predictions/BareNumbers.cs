namespace MlDeploy.Core.Model.Predictions;

/// <summary>
/// Puts quotes around NaN, Infinity and -Infinity where they stand bare, as Python's json and others write them: JSON has no such numbers, and a line
/// with one of them is just the line that a gate looks for.
/// </summary>
internal static class BareNumbers
{
    public static ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> line) => line.IndexOf("NaN"u8) < 0 && line.IndexOf("Infinity"u8) < 0 ? line : Rewrite(line);

    private static byte[] Rewrite(ReadOnlySpan<byte> line)
    {
        var written = new List<byte>(line.Length + 16);

        // Apostrophes and quotes in the text before are none of JSON's.
        var inObject = false;
        var inText = false;
        for (var at = 0; at < line.Length; at++)
        {
            var here = line[at..];
            var word = !inObject || inText ? 0 : here.StartsWith("NaN"u8) ? 3 : here.StartsWith("Infinity"u8) ? 8 : here.StartsWith("-Infinity"u8) ? 9 : 0;
            if (word > 0)
            {
                written.AddRange([(byte)'"', .. here[..word], (byte)'"']);
                at += word - 1;
                continue;
            }

            inObject |= line[at] == '{';
            inText ^= inObject && line[at] == '"';
            written.Add(line[at]);
            if (inText && line[at] == '\\' && at + 1 < line.Length)
            {
                written.Add(line[++at]);
            }
        }

        return [.. written];
    }
}
