using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Cost;

/// <summary>The prices of one region: `templates/aws/prices.json`, dated, to be estimated with and not to be relied on.</summary>
/// <param name="Date">When the prices were looked up.</param>
/// <param name="Currency">`USD`</param>
/// <param name="HoursPerMonth">A twelfth of a year.</param>
/// <param name="Unit">By name; each unit is described in the file.</param>
/// <param name="Notebooks">An hour of a notebook, by size.</param>
public sealed record PriceTable(
    DateOnly Date, string Currency, int HoursPerMonth, ImmutableSortedDictionary<string, decimal> Unit, ImmutableSortedDictionary<string, decimal> Notebooks)
{
    /// <summary>The regions that there are prices for.</summary>
    public static ImmutableArray<string> Regions => [.. Read(document => document.GetProperty("regions").EnumerateObject().Select(region => region.Name).Order(StringComparer.Ordinal).ToArray())];

    /// <returns>Null when there are no prices for the region: no estimate is better than another region's.</returns>
    public static PriceTable? For(string region) => Read(document =>
    {
        if (!document.GetProperty("regions").TryGetProperty(region, out var local))
        {
            return null;
        }

        return new PriceTable(
            DateOnly.ParseExact(document.GetProperty("date").GetString()!, "yyyy-MM-dd"),
            document.GetProperty("currency").GetString()!,
            document.GetProperty("hoursPerMonth").GetInt32(),
            Numbers(document.GetProperty("everywhere")).AddRange(Numbers(local)),
            Numbers(local.GetProperty("notebooks")));
    });

    private static ImmutableSortedDictionary<string, decimal> Numbers(JsonElement prices) => prices.EnumerateObject()
        .Where(price => price.Value.ValueKind == JsonValueKind.Number)
        .ToImmutableSortedDictionary(price => price.Name, price => price.Value.GetDecimal(), StringComparer.Ordinal);

    private static T Read<T>(Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(TemplateLibrary.Text("prices.json"));
        return read(document.RootElement);
    }
}
