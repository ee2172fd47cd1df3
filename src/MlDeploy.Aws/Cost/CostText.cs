using System.Globalization;
using System.Text;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Cost;

/// <summary>An estimate as `plan --cost` prints it.</summary>
public static class CostText
{
    public static string Of(MonthlyCost cost)
    {
        var text = new StringBuilder();
        text.Append(string.Create(CultureInfo.InvariantCulture, $"about {cost.Month:0.00} {cost.Currency} a month in {cost.Region}, standing there without traffic (list prices of {cost.Date:yyyy-MM-dd})\n"));
        foreach (var line in cost.Lines)
        {
            text.Append(string.Create(CultureInfo.InvariantCulture, $"  {line.Month,9:0.00}  {StackNames.Word(line.Stack),-11}  {line.Count:0.###} × {line.What} at {line.UnitPrice:0.######} {(line.Hourly ? "an hour" : "a month")}\n"));
        }

        text.Append("not in it:\n");
        foreach (var left in cost.LeftOut)
        {
            text.Append("  ").Append(left).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For a region without prices.</summary>
    public static string Unknown(string region) => $"no estimate: there are no prices for {region} (only {string.Join(", ", PriceTable.Regions)})\n";
}
