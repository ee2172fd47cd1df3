using System.Text;
using System.Text.Json;

namespace MlDeploy.Core.Probing;

/// <summary>The beginning of an answer, in one line, for a message.</summary>
internal static class BodyExcerpt
{
    private const int Longest = 200;

    public static string Of(JsonElement element) => Of(Encoding.UTF8.GetBytes(element.GetRawText()));

    public static string Of(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, Longest))).ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? "(an empty body)" : text;
    }
}
