using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Local.Capture;

/// <summary>Reads what passed the gateway as the manifest's protocol says. For one thread.</summary>
internal sealed class PredictionReader(CaptureSettings settings, ModelReference reference)
{
    private readonly PredictionRows rows = new();
    private readonly JsonPredictions json = new(settings, reference);
    private readonly CsvPredictions csv = new(settings, reference);

    /// <returns>Valid until the next call; null when the request cannot be read.</returns>
    public PredictionRows? Read(CapturedExchange exchange)
    {
        rows.Clear();
        if (BodyEncoding.Decode(exchange.Request.Memory, exchange.RequestEncoding) is not { } request)
        {
            return null;
        }

        try
        {
            if (!(settings.Protocol == ModelProtocol.Csv ? csv.Inputs(request.Span, rows) : json.Inputs(request, rows)) || rows.Rows == 0)
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        if (exchange.Answered && settings.Prediction is not null && BodyEncoding.Decode(exchange.Response.Memory, exchange.ResponseEncoding) is { } response)
        {
            rows.Answered = true;
            Predictions(response);
        }

        return rows;
    }

    /// <summary>An answer that cannot be read has no prediction: a bare NaN makes JSON unreadable.</summary>
    private void Predictions(ReadOnlyMemory<byte> response)
    {
        try
        {
            if (settings.Protocol == ModelProtocol.Csv)
            {
                csv.Outputs(response.Span, rows);
            }
            else
            {
                json.Outputs(response, rows);
            }
        }
        catch (JsonException)
        {
            // Counted as invalid, row by row.
        }
    }
}
