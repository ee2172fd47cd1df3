using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Folding;

/// <summary>Functions whose arguments are all known: their result. With an argument that is not known, the function as it is.</summary>
internal static class LiteralFunctions
{
    public static JsonNode? Fold(string function, JsonNode? argument) => function switch
    {
        "Fn::Join" when argument is JsonArray { Count: 2 } pair && pair[1] is JsonArray parts => Join(pair, parts),
        "Fn::Select" when argument is JsonArray { Count: 2 } pair && pair[1] is JsonArray items && int.TryParse(Literals.Text(pair[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < items.Count
            => items[at]?.DeepClone(),
        "Fn::Split" when argument is JsonArray { Count: 2 } pair && Literals.Text(pair[0]) is { Length: > 0 } by && Literals.Text(pair[1]) is { } text
            => new JsonArray([.. text.Split(by).Select(part => (JsonNode)part)]),
        "Fn::Cidr" when argument is JsonArray { Count: 3 } three && Literals.Text(three[0]) is { } range && Number(three[1]) is { } count && Number(three[2]) is { } bits
            => Cidr(range, count, bits),
        _ => new JsonObject { [function] = argument },
    };

    private static JsonNode Join(JsonArray pair, JsonArray parts)
    {
        var kept = parts.Where(part => !Intrinsics.IsNoValue(part)).ToList();
        var literals = kept.Select(Literals.Text).ToList();
        return Literals.Text(pair[0]) is { } separator && literals.TrueForAll(literal => literal is not null)
            ? JsonValue.Create(string.Join(separator, literals))
            : new JsonObject { ["Fn::Join"] = new JsonArray(pair[0]?.DeepClone(), new JsonArray([.. kept.Select(part => part?.DeepClone())])) };
    }

    private static int? Number(JsonNode? node) => int.TryParse(Literals.Text(node), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The first ranges of IPv4 addresses that leave so many bits to the host.</summary>
    private static JsonArray Cidr(string range, int count, int bits)
    {
        if (!IPNetwork.TryParse(range, out var network) || network.BaseAddress.GetAddressBytes() is not { Length: 4 } bytes
            || bits is < 1 or > 31 || count < 1 || network.PrefixLength > 32 - bits || (long)count << bits > 1L << (32 - network.PrefixLength))
        {
            throw new FoldingException($"Fn::Cidr cannot cut {range} into {count} ranges with {bits} bits each");
        }

        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return new JsonArray([.. Enumerable.Range(0, count).Select(at => (JsonNode)$"{Address(first + ((uint)at << bits))}/{32 - bits}")]);
    }

    private static IPAddress Address(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new IPAddress(bytes);
    }
}
