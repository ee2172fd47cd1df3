using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>Shows a line as an application has to log it, with features that the profile knows.</summary>
public static class PredictionLineFormat
{
    /// <summary>So many features make the form plain.</summary>
    private const int Shown = 2;

    /// <summary>For a message: what to do, with the line.</summary>
    public static string Advice(CaptureSettings settings, ModelReference reference) => $"the application writes each prediction as one line, such as {Example(settings.Inputs, settings.Prediction ?? "$.prediction", reference, settings.Range)}";

    /// <param name="inputs">Where the features stand.</param>
    /// <param name="prediction">Where the prediction stands.</param>
    /// <param name="reference">Null: features that anybody knows.</param>
    public static string Example(string inputs, string prediction, ModelReference? reference, (double Low, double High)? range)
    {
        var features = new JsonObject();
        foreach (var feature in reference?.Features.Where(feature => feature.Kind.IsCompared()).OrderBy(feature => feature.Kind != FeatureKind.Number).Take(Shown) ?? [])
        {
            features[feature.Name] = Typical(feature);
        }

        if (features.Count == 0)
        {
            features = new JsonObject { ["age"] = 40, ["country"] = "DE" };
        }

        var line = Put(new JsonObject(), Names(inputs), features);
        return Put(line, Names(prediction), JsonValue.Create(range is { } bounds ? Math.Round(bounds.Low + ((bounds.High - bounds.Low) / 4), 2) : 0.25)).ToJsonString();
    }

    public static string Example(PredictionLogSettings log) => Example(log.Inputs, log.Prediction, null, null);

    private static JsonValue Typical(ReferenceFeature feature) => feature.Kind == FeatureKind.Number && feature.Sketch.Numbers.Count > 0
        ? JsonValue.Create(double.Parse(feature.Sketch.Numbers.Quantile(0.5).ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
        : JsonValue.Create(feature.Sketch.Names.Categories.Select(category => category.Name).FirstOrDefault() ?? "…");

    private static string[] Names(string path) => path.TrimStart('$').Split(['.', '[', ']', '\''], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Puts a value at its place, in objects that are made on the way; at the root its members stand beside what is there.</summary>
    private static JsonObject Put(JsonObject root, ReadOnlySpan<string> names, JsonNode value)
    {
        var place = root;
        for (var at = 0; at < names.Length - 1; at++)
        {
            place = place[names[at]] as JsonObject ?? Made(place, names[at]);
        }

        if (!names.IsEmpty)
        {
            place[names[^1]] = value;
            return root;
        }

        foreach (var (name, member) in value as JsonObject ?? [])
        {
            root[name] = member?.DeepClone();
        }

        return root;
    }

    private static JsonObject Made(JsonObject place, string name)
    {
        var made = new JsonObject();
        place[name] = made;
        return made;
    }
}
