using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlDeploy.Aws.Stacks;

internal static class StackJson
{
    /// <summary>Templates as they are sent: short, and `&lt;` as itself.</summary>
    public static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
