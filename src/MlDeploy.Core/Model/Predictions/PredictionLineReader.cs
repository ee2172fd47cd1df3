using System.Text;
using System.Text.Json;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>What a line of a log is.</summary>
public enum LineKind
{
    /// <summary>Something else that the application logs.</summary>
    Unrelated,

    Prediction,

    /// <summary>It names the features' place, and cannot be read: cut off, or no JSON.</summary>
    Unparsable,
}

/// <summary>
/// Reads predictions out of lines that an application logs: a JSON object with features and prediction at the places that `model.log` names. Text before
/// and after it is passed over (a timestamp, a level), and so are other JSON objects on the line. Not for several threads at once.
/// </summary>
public sealed class PredictionLineReader
{
    /// <summary>256 KiB: what a line may have; a longer one is not looked at.</summary>
    public const int Longest = 256 * 1024;

    /// <summary>Beginnings of an object that are tried on one line.</summary>
    private const int MostTries = 8;

    private readonly CaptureSettings settings;
    private readonly JsonPredictions json;
    private readonly PredictionRows rows = new();
    private readonly byte[] mark;

    /// <param name="settings">As <see cref="CaptureSettings.From"/> makes them for a manifest with `model.log`.</param>
    public PredictionLineReader(CaptureSettings settings, ModelReference reference)
    {
        this.settings = settings;
        json = new JsonPredictions(settings, reference);
        mark = Encoding.UTF8.GetBytes(MarkOf(settings.Inputs) is { } name ? $"\"{name}\"" : "{");
    }

    /// <summary>The name that every line with a prediction has in it, in quotes; null where any object can be one.</summary>
    /// <param name="path">Where the features stand.</param>
    public static string? MarkOf(string path)
    {
        var name = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..].Split('.', '[')[0] : "";
        // Others may be escaped in one way or another.
        return name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') ? name : null;
    }

    /// <summary>False for what is certainly unrelated; costs a search.</summary>
    public bool MayPredict(ReadOnlySpan<byte> line) => line.IndexOf(mark) >= 0;

    /// <param name="line">UTF-8, without its end.</param>
    /// <param name="prediction">Valid until the next call; null unless it is a prediction.</param>
    public LineKind Read(ReadOnlySpan<byte> line, out PredictionRows? prediction)
    {
        prediction = null;
        if (!MayPredict(line))
        {
            return LineKind.Unrelated;
        }

        if (line.Length > Longest)
        {
            return LineKind.Unparsable;
        }

        line = BareNumbers.Quoted(line);
        var broken = false;
        for (var tries = 0; tries < MostTries && line.IndexOf((byte)'{') is >= 0 and var begin; tries++)
        {
            line = line[begin..];
            if (TryRead(line, out var length, out var found))
            {
                prediction = rows;
                return LineKind.Prediction;
            }

            if (!found && settings.Inputs == "$")
            {
                // Of a broken object that is the prediction itself, no part is one.
                return LineKind.Unparsable;
            }

            broken |= !found;
            line = line[length..];
        }

        return broken ? LineKind.Unparsable : LineKind.Unrelated;
    }

    /// <param name="length">What to pass over.</param>
    /// <param name="found">There is an object.</param>
    private bool TryRead(ReadOnlySpan<byte> line, out int length, out bool found)
    {
        (length, found) = (1, false);
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            (length, found) = ((int)reader.BytesConsumed, true);
            rows.Clear();
            if (!json.Inputs(document.RootElement, rows) || rows.Rows == 0)
            {
                return false;
            }

            if (settings.Prediction is not null)
            {
                rows.Answered = true;
                json.Outputs(document.RootElement, rows);
            }

            return true;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair is found out only where the text is read.
            found = false;
            return false;
        }
    }
}
