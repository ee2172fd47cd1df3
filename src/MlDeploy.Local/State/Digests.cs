using System.Security.Cryptography;
using System.Text;

namespace MlDeploy.Local.State;

/// <summary>SHA-256 of texts, in lower-case hexadecimal.</summary>
internal static class Digests
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Short(string text) => Of(text)[..12];
}
