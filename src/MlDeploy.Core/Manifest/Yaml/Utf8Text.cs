using System.Text;
using System.Text.Unicode;

namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>Untrusted bytes → text, or what is wrong with them and where.</summary>
internal static class Utf8Text
{
    /// <returns>Null after a problem was reported.</returns>
    public static string? Decode(string file, ReadOnlySpan<byte> bytes, ProblemList problems)
    {
        if (bytes.Length > YamlLimits.Bytes)
        {
            problems.Add(new Mark(file, 1, 1), "", "is too large for a manifest", $"{bytes.Length:N0} bytes", $"at most {YamlLimits.Bytes:N0} bytes (1 MiB)",
                "Name the manifest with --file; data and models are referred to by path, not written into it.");
            return null;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            problems.Add(new Mark(file, 1, 1), "", "is UTF-16", "a UTF-16 byte order mark", "UTF-8", "Save the file as UTF-8.");
            return null;
        }

        var offset = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var text = bytes[offset..];
        if (FirstInvalid(text) is { } invalid)
        {
            problems.Add(PlaceOf(file, text[..invalid]), "", "is not valid UTF-8",
                $"byte 0x{text[invalid]:X2} at offset {invalid + offset}", "UTF-8", "Save the file as UTF-8, or correct that character.");
            return null;
        }

        if (FirstControl(text) is { } control)
        {
            problems.Add(PlaceOf(file, text[..control]), "", "contains a control character",
                $"0x{text[control]:X2} at offset {control + offset}", "text, line ends and tabs", "Remove that character.");
            return null;
        }

        return Encoding.UTF8.GetString(text);
    }

    private static int? FirstInvalid(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            return null;
        }

        var at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }

    private static int? FirstControl(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r') or 0x7F)
            {
                return at;
            }
        }

        return null;
    }

    private static Mark PlaceOf(string file, ReadOnlySpan<byte> before)
    {
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new Mark(file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
