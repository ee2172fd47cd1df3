using System.Globalization;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Gateway;

namespace MlDeploy.Bench.Gateway;

/// <summary>Requests for predictions, 1 KB of JSON with 20 features each, fifteen of them numbers; and the capture that reads them.</summary>
internal sealed class CapturedOrders : IDisposable
{
    private const int Features = 20;
    private const int Size = 1024;
    private static readonly string[] Countries = ["de", "nl", "fr", "pl", "es", "it"];

    private readonly ManualResetEventSlim stalled = new(false);
    private readonly CaptureQueue queue;
    private readonly List<ArmCapture> arms = [];

    /// <param name="stall">The parsing thread never returns from its first request.</param>
    public CapturedOrders(bool stall)
    {
        queue = new CaptureQueue(exchange => Read(exchange, stall), Console.Error.WriteLine, TimeProvider.System);
    }

    /// <summary>Bodies of exactly 1 KB, each with other values.</summary>
    public static byte[][] Bodies(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => Body(random))];
    }

    public GatewayArm Arm(string version)
    {
        var settings = new CaptureSettings(ModelProtocol.Json, "$", "$.probability", (0, 1), 1, []);
        var arm = new ArmCapture(version, settings, Reference(), queue, TimeProvider.System);
        arms.Add(arm);
        return new GatewayArm(version, TimeSpan.FromSeconds(60)) { Capture = arm };
    }

    /// <summary>Rows counted, and requests dropped or not understood, so far.</summary>
    public (long Taken, long Dropped, long Unparsable) Totals() =>
        (arms.Sum(arm => arm.Taken), arms.Sum(arm => arm.Dropped), arms.Sum(arm => arm.Unparsable));

    public void Dispose()
    {
        stalled.Set();
        queue.Dispose();
        stalled.Dispose();
    }

    private void Read(CapturedExchange exchange, bool stall)
    {
        if (stall)
        {
            stalled.Wait();
        }

        exchange.Arm.Count(exchange);
    }

    private static ModelReference Reference()
    {
        var window = new WindowSketch { Prediction = new FeatureSketch(FeatureKind.Number) };
        var rows = new PredictionRows();
        var random = new Random(8);
        var lines = new JsonPredictions(new CaptureSettings(ModelProtocol.Json, "$", "$.probability", (0, 1), 1, []), ModelReference.Of(new WindowSketch()));
        foreach (var body in Bodies(5_000))
        {
            rows.Clear();
            if (!lines.Inputs(body, rows))
            {
                throw new InvalidOperationException("the bench's own body is not understood");
            }

            window.Prediction.AddNumber(random.NextDouble());
            rows.AddTo(window, null);
        }

        return ModelReference.Of(window);
    }

    private static byte[] Body(Random random)
    {
        var text = new StringBuilder("{");
        for (var feature = 0; feature < Features; feature++)
        {
            var value = feature % 4 == 3
                ? $"\"{Countries[random.Next(Countries.Length)]}\""
                : (Math.Exp(2 + random.NextDouble() + random.NextDouble()) * (feature + 1)).ToString("0.0000", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"\"orders_of_the_last_{feature + 1}_days\":{value},");
        }

        // Blanks make up the rest, as an indented body's would.
        text.Length--;
        text.Append(' ', Size - 1 - text.Length).Append('}');
        var body = Encoding.UTF8.GetBytes(text.ToString());
        using var valid = JsonDocument.Parse(body);
        return body.Length == Size ? body : throw new InvalidOperationException($"a body of {body.Length} bytes");
    }
}
