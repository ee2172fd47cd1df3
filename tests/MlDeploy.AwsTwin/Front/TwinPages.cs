using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.AwsTwin.Front;

/// <summary>`/_twin/`: what the twin runs, as JSON, and the faults it makes.</summary>
internal static class TwinPages
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    public static void Map(WebApplication web, TwinServer twin)
    {
        web.MapGet("/_twin/", () => Results.Text(Overview(twin).ToJsonString(Json), "application/json"));
        web.MapGet("/_twin/requests", () => Results.Json(twin.Requests.Entries, Json));
        web.MapDelete("/_twin/requests", () =>
        {
            twin.Requests.Clear();
            return Results.NoContent();
        });
        web.MapGet("/_twin/faults", () => Results.Json(twin.Faults.Settings, Json));
        web.MapPut("/_twin/faults", async (HttpContext context) =>
        {
            try
            {
                twin.Faults.Set(await JsonSerializer.DeserializeAsync<FaultSettings>(context.Request.Body, Json) ?? new FaultSettings());
                return Results.Json(twin.Faults.Settings, Json);
            }
            catch (JsonException problem)
            {
                return Results.Text($"faults: {problem.Message}; known: seed, throttle, serverError, slowSeconds, unreachableSeconds, unreachableServices, deny, allowOnly, fail\n", statusCode: 400);
            }
        });
    }

    private static JsonObject Overview(TwinServer twin)
    {
        var page = new JsonObject
        {
            ["clock"] = new JsonObject { ["now"] = ReplyWriting.Iso(twin.Clock.GetUtcNow()), ["started"] = ReplyWriting.Iso(twin.Clock.Start), ["speed"] = twin.Clock.Speed },
            ["faults"] = JsonSerializer.SerializeToNode(twin.Faults.Settings, Json),
            ["requests"] = new JsonObject(twin.Requests.Entries.CountBy(entry => $"{entry.Service}:{entry.Action}")
                .OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))),
        };
        foreach (var service in twin.Services)
        {
            if (service.Describe() is { } part)
            {
                page[part.Section] = part.Content;
            }
        }

        return page;
    }
}
