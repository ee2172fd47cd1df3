using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Probing;

namespace MlDeploy.Core.Analysis.External;

/// <summary>What reading external metrics needs of the edge.</summary>
/// <param name="WorkingDirectory">Where commands run.</param>
/// <param name="Environment">What commands see; MLDEPLOY_CANDIDATE_URL among it.</param>
public sealed record ExternalSources(
    HttpClient Http, ICommandRunner Commands, string WorkingDirectory, ImmutableSortedDictionary<string, string> Environment);

/// <summary>Reads one external metric once. An unreachable or nonsensical source is a <see cref="MissingMeasurement"/>, never a number.</summary>
public static class ExternalMetric
{
    private const int LargestAnswer = 1 << 20;

    public static bool IsExternal(Gate gate) => gate.Metric is "prometheus" or "http" or "command";

    public static async Task<Measurement> ReadAsync(Gate gate, ExternalSources sources, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(gate.Timeout);
        try
        {
            return gate.Metric switch
            {
                "prometheus" => FromPrometheus(gate, await GetJsonAsync(sources.Http, PrometheusUrl(gate), timeout.Token)),
                "http" => FromJson(gate, await GetJsonAsync(sources.Http, new Uri(gate.Url!), timeout.Token)),
                "command" => FromCommand(gate, await sources.Commands.RunAsync(
                    new CommandRequest(gate.Command, sources.WorkingDirectory, sources.Environment, gate.Timeout), cancel)),
                _ => throw new ArgumentException($"{gate.Metric} is not an external metric", nameof(gate)),
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed(gate, $"no answer within {Rollout.Words.Of(gate.Timeout)}");
        }
        catch (JsonException)
        {
            return Failed(gate, "the answer is not JSON");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever a source does, the gate is in error and nothing else is.
            return Failed(gate, Rollout.Words.FirstLine(failure.Message));
        }
    }

    private static Uri PrometheusUrl(Gate gate) =>
        new($"{gate.Url!.TrimEnd('/')}/api/v1/query?query={Uri.EscapeDataString(gate.Query!)}");

    private static async Task<JsonElement> GetJsonAsync(HttpClient http, Uri url, CancellationToken cancel)
    {
        using var reply = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!reply.IsSuccessStatusCode)
        {
            throw new InvalidDataException($"{url.GetLeftPart(UriPartial.Path)} answered {(int)reply.StatusCode}: {BodyExcerpt.Of(await BoundedBody.ReadAsync(reply, LargestAnswer, cancel))}");
        }

        using var json = JsonDocument.Parse(await BoundedBody.ReadAsync(reply, LargestAnswer, cancel), new JsonDocumentOptions { MaxDepth = 64 });
        return json.RootElement.Clone();
    }

    /// <summary>The instant-query reply of Prometheus' HTTP API: a scalar, or a vector of exactly one sample.</summary>
    private static Measurement FromPrometheus(Gate gate, JsonElement reply)
    {
        if (JsonPath.Find(reply, "$.data.resultType") is not { ValueKind: JsonValueKind.String } type)
        {
            return Failed(gate, "the answer is not a Prometheus query result");
        }

        var value = type.GetString() switch
        {
            "scalar" => JsonPath.Find(reply, "$.data.result[1]"),
            "vector" when JsonPath.Find(reply, "$.data.result") is { ValueKind: JsonValueKind.Array } samples => samples.GetArrayLength() switch
            {
                0 => null,
                1 => JsonPath.Find(samples, "$[0].value[1]"),
                var many => throw new InvalidDataException($"the query gives {many} series; aggregate it to one"),
            },
            var other => throw new InvalidDataException($"the query gives a {(other?.Length > 20 ? other[..20] : other)}; an instant vector of one series or a scalar is needed"),
        };
        return value is null ? Missing(gate, "the query gives no series") : Level(gate, Text(value.Value));
    }

    private static Measurement FromJson(Gate gate, JsonElement reply) => JsonPath.Find(reply, gate.JsonPath ?? "$") is { } found
        ? Level(gate, Text(found))
        : Missing(gate, $"the answer has nothing at {gate.JsonPath}");

    private static Measurement FromCommand(Gate gate, CommandResult result)
    {
        if (result.TimedOut)
        {
            return Failed(gate, $"{gate.Command[0]} did not end within {Rollout.Words.Of(gate.Timeout)}");
        }

        if (result.ExitCode is not { } exitCode)
        {
            return Failed(gate, Rollout.Words.FirstLine(result.Error));
        }

        // Without a limit the exit code is the number, and 0 is the one that passes.
        if (gate.Max is null && gate.Min is null)
        {
            return new LevelMeasurement(gate.Id, exitCode, null);
        }

        return exitCode != 0
            ? Failed(gate, $"{gate.Command[0]} ended with {exitCode}: {LastLine(result.Error.Length > 0 ? result.Error : result.Output)}")
            : Level(gate, LastLine(result.Output));
    }

    private static Measurement Level(Gate gate, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new LevelMeasurement(gate.Id, number, null)
            : Missing(gate, $"`{(text.Length > 80 ? text[..80] : text)}` is not a number");

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();

    private static string LastLine(string output) => Rollout.Words.FirstLine(output.TrimEnd().Split('\n')[^1]);

    private static MissingMeasurement Failed(Gate gate, string reason) => new(gate.Id, Failed: true, reason);

    private static MissingMeasurement Missing(Gate gate, string reason) => new(gate.Id, Failed: false, reason);
}
