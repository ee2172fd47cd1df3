using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Local.Gateway.Routing;

/// <summary>
/// Who sent a request, as a 64-bit hash: the named header's value, or the gateway's cookie. No allocation.
/// The hash places users; it is not a secret and needs to withstand nobody.
/// </summary>
internal static class UserKey
{
    private const ulong Prime = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The hash, never 0; 0 when the request names no user.</summary>
    public static ulong Of(HttpRequest request, Stickiness stickiness, ulong salt)
    {
        var value = stickiness.Kind == StickinessKind.Header
            ? First(request.Headers[stickiness.Name])
            : Cookie(request.Headers.Cookie, stickiness.Name);
        return value.IsEmpty ? 0 : Hash(value, salt);
    }

    /// <summary>Eight bytes at a time, multiplied and folded, then finished as SplitMix64 does (Steele, Lea, Flood 2014).</summary>
    public static ulong Hash(ReadOnlySpan<char> value, ulong salt)
    {
        var bytes = MemoryMarshal.AsBytes(value);
        var hash = Mix(salt ^ ((ulong)bytes.Length * Prime));
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        var tail = 0UL;
        for (var i = 0; i < bytes.Length; i++)
        {
            tail |= (ulong)bytes[i] << (8 * i);
        }

        var finished = Mix(Fold(hash ^ tail));
        return finished == 0 ? 1 : finished;
    }

    /// <summary>SplitMix64's finaliser: a bijection whose output bits each depend on all input bits.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    private static ulong Fold(ulong value)
    {
        value *= Prime;
        return value ^ (value >> 32);
    }

    private static ReadOnlySpan<char> First(StringValues values) => values.Count > 0 ? values[0].AsSpan().Trim() : default;

    /// <summary>Finds one cookie without building the collection that <c>Request.Cookies</c> would allocate.</summary>
    private static ReadOnlySpan<char> Cookie(StringValues headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var rest = headers[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim();
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
                {
                    return pair[(name.Length + 1)..].Trim('"');
                }
            }
        }

        return default;
    }
}
