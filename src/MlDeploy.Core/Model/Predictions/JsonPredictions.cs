using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Core.Probing;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>
/// Features and predictions in JSON: plain (`json`: an object or an array of them at `model.inputs`), KServe's V1 protocol (`instances`, `predictions`), and the
/// Open Inference Protocol V2 (`inputs` and `outputs` of named tensors, https://github.com/kserve/open-inference-protocol).
/// </summary>
public sealed class JsonPredictions(CaptureSettings settings, ModelReference reference)
{
    /// <summary>Objects in objects are followed so far: `customer.age`, as in profiles.</summary>
    private const int MostNested = 8;

    private const int MostRows = 100_000;

    private readonly HashSet<string> excluded = [.. settings.Exclude];

    /// <summary>The profile's names, found by the bytes of a body: most members have one, and need no text of their own.</summary>
    private readonly Utf8Table known = NamesOf(reference);

    /// <returns>False when there are no features where they should be.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public bool Inputs(ReadOnlyMemory<byte> body, PredictionRows rows)
    {
        using var document = JsonDocument.Parse(body);
        return Inputs(document.RootElement, rows);
    }

    /// <inheritdoc cref="Inputs(ReadOnlyMemory{byte}, PredictionRows)"/>
    public bool Inputs(JsonElement root, PredictionRows rows)
    {
        return settings.Protocol switch
        {
            ModelProtocol.KServeV1 => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("instances", out var instances) && instances.ValueKind == JsonValueKind.Array && Rows(instances, rows),
            ModelProtocol.OpenInferenceV2 => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("inputs", out var tensors) && tensors.ValueKind == JsonValueKind.Array && Tensors(tensors, rows),
            _ => Find(root, settings.Inputs) is { } inputs && (inputs.ValueKind == JsonValueKind.Array ? Rows(inputs, rows) : inputs.ValueKind == JsonValueKind.Object && Row(inputs, rows)),
        };
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public void Outputs(ReadOnlyMemory<byte> body, PredictionRows rows)
    {
        using var document = JsonDocument.Parse(body);
        Outputs(document.RootElement, rows);
    }

    public void Outputs(JsonElement root, PredictionRows rows)
    {
        switch (settings.Protocol)
        {
            case ModelProtocol.KServeV1 when root.ValueKind == JsonValueKind.Object && root.TryGetProperty("predictions", out var predictions) && predictions.ValueKind == JsonValueKind.Array:
                foreach (var prediction in predictions.EnumerateArray())
                {
                    rows.Predict(prediction.ValueKind == JsonValueKind.Object ? At(prediction) : FeatureValue.Of(prediction));
                }

                break;
            case ModelProtocol.KServeV1:
                break;
            case ModelProtocol.OpenInferenceV2:
                Output(root, rows);
                break;
            case var _ when root.ValueKind == JsonValueKind.Array && !settings.Prediction!.StartsWith("$[", StringComparison.Ordinal):
                foreach (var answer in root.EnumerateArray())
                {
                    rows.Predict(settings.Prediction == "$" ? FeatureValue.Of(answer) : At(answer));
                }

                break;
            default:
                if (Find(root, settings.Prediction!) is { } found)
                {
                    Spread(found, rows);
                }

                break;
        }
    }

    /// <summary>Numbered as the reference's features are.</summary>
    private static Utf8Table NamesOf(ModelReference reference)
    {
        var names = new Utf8Table();
        foreach (var feature in reference.Features)
        {
            names.FindOrAdd(feature.Name);
        }

        return names;
    }

    private static JsonElement? Find(JsonElement root, string path) => path == "$" ? root : JsonPath.Find(root, path);

    private FeatureValue At(JsonElement answer) => Find(answer, settings.Prediction!) is { } found ? FeatureValue.Of(found) : FeatureValue.Missing;

    /// <summary>One prediction a row; anything else that is an array is one answer of several numbers.</summary>
    private static void Spread(JsonElement found, PredictionRows rows)
    {
        if (found.ValueKind != JsonValueKind.Array || found.GetArrayLength() != rows.Rows)
        {
            rows.Predict(FeatureValue.Of(found));
            return;
        }

        foreach (var prediction in found.EnumerateArray())
        {
            rows.Predict(FeatureValue.Of(prediction));
        }
    }

    private bool Rows(JsonElement array, PredictionRows rows)
    {
        if (array.GetArrayLength() > MostRows)
        {
            return false;
        }

        foreach (var row in array.EnumerateArray())
        {
            if (!(row.ValueKind == JsonValueKind.Object ? Row(row, rows) : Positional(row, rows)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Row(JsonElement row, PredictionRows rows)
    {
        rows.Rows++;
        Members(row, "", 0, rows);
        return true;
    }

    private void Members(JsonElement row, string prefix, int depth, PredictionRows rows)
    {
        foreach (var member in row.EnumerateObject())
        {
            var name = prefix.Length == 0 && known.Find(JsonMarshal.GetRawUtf8PropertyName(member)) is >= 0 and var at ? reference.Features[at].Name : prefix + member.Name;
            if (excluded.Contains(name))
            {
                continue;
            }

            if (member.Value.ValueKind == JsonValueKind.Object && depth < MostNested)
            {
                Members(member.Value, name + ".", depth + 1, rows);
            }
            else
            {
                rows.Add(name, FeatureValue.Of(member.Value));
            }
        }
    }

    /// <summary>Values without names are in the profile's order.</summary>
    private bool Positional(JsonElement row, PredictionRows rows)
    {
        rows.Rows++;
        if (row.ValueKind != JsonValueKind.Array)
        {
            Add(Name(0), row, rows);
            return true;
        }

        var at = 0;
        foreach (var value in row.EnumerateArray())
        {
            Add(Name(at++), value, rows);
        }

        return true;
    }

    private bool Tensors(JsonElement tensors, PredictionRows rows)
    {
        var count = -1;
        foreach (var tensor in tensors.EnumerateArray())
        {
            if (tensor.ValueKind != JsonValueKind.Object || !tensor.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
                || !tensor.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array || RowsOf(tensor) is not { } batch || (count >= 0 && batch != count))
            {
                return false;
            }

            count = batch;
            var values = new List<JsonElement>();
            Flatten(data, values);
            if (batch == 0 || values.Count % batch != 0)
            {
                return false;
            }

            var width = values.Count / batch;
            for (var at = 0; at < values.Count; at++)
            {
                Add(at / width, width == 1 ? name.GetString()! : tensors.GetArrayLength() == 1 ? Name(at % width) : string.Create(CultureInfo.InvariantCulture, $"{name.GetString()}.{at % width}"), values[at], rows);
            }
        }

        rows.Rows = Math.Max(0, count);
        return count > 0;
    }

    private void Output(JsonElement root, PredictionRows rows)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("outputs", out var outputs) || outputs.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var wanted = settings.Prediction!.Split('.')[^1];
        var all = outputs.EnumerateArray().Where(tensor => tensor.ValueKind == JsonValueKind.Object && tensor.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array).ToArray();
        var named = all.FirstOrDefault(tensor => tensor.TryGetProperty("name", out var name) && name.ValueEquals(wanted));
        var chosen = named.ValueKind == JsonValueKind.Object ? named : all.FirstOrDefault();
        if (chosen.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var values = new List<JsonElement>();
        Flatten(chosen.GetProperty("data"), values);
        var composite = values.Count != rows.Rows;
        foreach (var value in composite ? values.Take(rows.Rows) : values)
        {
            rows.Predict(composite ? new FeatureValue(FeatureValue.Form.Composite) : FeatureValue.Of(value));
        }
    }

    /// <summary>The tensor's first dimension.</summary>
    private static int? RowsOf(JsonElement tensor) =>
        tensor.TryGetProperty("shape", out var shape) && shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() > 0 && shape[0].ValueKind == JsonValueKind.Number
        && shape[0].TryGetInt32(out var rows) && rows is > 0 and <= MostRows ? rows : null;

    private static void Flatten(JsonElement data, List<JsonElement> values)
    {
        foreach (var value in data.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                Flatten(value, values);
            }
            else
            {
                values.Add(value);
            }
        }
    }

    private void Add(string name, JsonElement value, PredictionRows rows) => Add(rows.Rows - 1, name, value, rows);

    private void Add(int row, string name, JsonElement value, PredictionRows rows)
    {
        if (!excluded.Contains(name))
        {
            rows.Add(row, name, FeatureValue.Of(value));
        }
    }

    private string Name(int position) => position < reference.Features.Length ? reference.Features[position].Name : position.ToString(CultureInfo.InvariantCulture);
}
