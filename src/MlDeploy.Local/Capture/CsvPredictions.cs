using System.Globalization;
using System.Text;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Local.Capture;

/// <summary>
/// Features and predictions as CSV (RFC 4180): a row a line; without a header the columns are the profile's, in its order. Of an answer with several columns the
/// prediction is the one that `model.prediction` names in a header, else the first.
/// </summary>
internal sealed class CsvPredictions(CaptureSettings settings, ModelReference reference)
{
    private readonly HashSet<string> excluded = [.. settings.Exclude];
    private readonly List<byte[]> cells = [];

    public bool Inputs(ReadOnlySpan<byte> body, PredictionRows rows)
    {
        string[]? header = null;
        var first = true;
        while (Next(ref body))
        {
            if (first && IsHeader())
            {
                header = [.. cells.Select(Encoding.UTF8.GetString)];
                first = false;
                continue;
            }

            first = false;
            rows.Rows++;
            for (var at = 0; at < cells.Count; at++)
            {
                var name = header is not null && at < header.Length ? header[at] : at < reference.Features.Length ? reference.Features[at].Name : at.ToString(CultureInfo.InvariantCulture);
                if (!excluded.Contains(name))
                {
                    rows.Add(name, FeatureValue.OfCell(cells[at]));
                }
            }
        }

        return rows.Rows > 0;
    }

    public void Outputs(ReadOnlySpan<byte> body, PredictionRows rows)
    {
        var wanted = Encoding.UTF8.GetBytes(settings.Prediction!.Split('.')[^1]);
        var (column, first) = (0, true);
        while (Next(ref body))
        {
            if (first && cells.FindIndex(cell => cell.AsSpan().SequenceEqual(wanted)) is >= 0 and var named)
            {
                (column, first) = (named, false);
                continue;
            }

            first = false;
            rows.Predict(column < cells.Count ? FeatureValue.OfCell(cells[column]) : FeatureValue.Missing);
        }
    }

    /// <summary>Every cell is a name the profile knows; without a profile, none is a number.</summary>
    private bool IsHeader() => reference.Features.IsEmpty
        ? cells.All(cell => FeatureValue.OfCell(cell).Is == FeatureValue.Form.Text)
        : cells.All(cell => reference.Find(Encoding.UTF8.GetString(cell)) is not null);

    /// <summary>The next line that is not empty, in cells.</summary>
    private bool Next(ref ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty && body[0] is (byte)'\n' or (byte)'\r')
        {
            body = body[1..];
        }

        cells.Clear();
        if (body.IsEmpty)
        {
            return false;
        }

        while (true)
        {
            cells.Add(body.StartsWith("\""u8) ? Quoted(ref body) : Plain(ref body));
            if (body.IsEmpty || body[0] != ',')
            {
                return true;
            }

            body = body[1..];
        }
    }

    private static byte[] Plain(ref ReadOnlySpan<byte> body)
    {
        var end = body.IndexOfAny(",\r\n"u8);
        end = end < 0 ? body.Length : end;
        var cell = body[..end].Trim((byte)' ').ToArray();
        body = body[end..];
        return cell;
    }

    private static byte[] Quoted(ref ReadOnlySpan<byte> body)
    {
        var cell = new List<byte>();
        var at = 1;
        for (; at < body.Length; at++)
        {
            if (body[at] == '"')
            {
                if (at + 1 >= body.Length || body[at + 1] != '"')
                {
                    at++;
                    break;
                }

                at++;
            }

            cell.Add(body[at]);
        }

        body = body[at..];
        if (!body.IsEmpty && !(body[0] is (byte)',' or (byte)'\r' or (byte)'\n'))
        {
            _ = Plain(ref body);
        }

        return [.. cell];
    }
}
