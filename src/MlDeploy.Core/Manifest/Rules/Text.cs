using MlDeploy.Core.Manifest.Definition;

namespace MlDeploy.Core.Manifest.Rules;

/// <summary>Numbers as the messages of rules say them: `5 %`, `10m`.</summary>
internal static class Text
{
    public static string Duration(TimeSpan value) => QuantityText.Duration(value);

    public static string Share(double value) => $"{QuantityText.Number(value * 100)} %";

    public static string Number(double value) => QuantityText.Number(value);
}
