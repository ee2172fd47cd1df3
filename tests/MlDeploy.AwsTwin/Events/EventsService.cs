using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Events;

/// <summary>PutEvents, into the default bus; moto keeps the rules and answers the rest.</summary>
internal sealed class EventsService(EventBus bus) : ITwinService
{
    public string SigningName => "events";

    public bool Owns(string action) => action == "PutEvents";

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        var results = new JsonArray([.. request.Input.Objects("Entries").Select(entry => (JsonNode?)Put(request, entry))]);
        return Task.FromResult(TwinReply.Of(new JsonObject { ["FailedEntryCount"] = results.Count(one => one!["ErrorCode"] is not null), ["Entries"] = results }));
    }

    private JsonObject Put(TwinRequest request, JsonObject entry)
    {
        var source = entry.Text("Source") ?? "";
        if (source.StartsWith("aws.", StringComparison.Ordinal) && request.Caller == "client")
        {
            return new JsonObject { ["ErrorCode"] = "NotAuthorizedForSourceException", ["ErrorMessage"] = "Not authorized for the source." };
        }

        bus.Publish(source, entry.Text("DetailType") ?? "", request.Region, entry.Texts("Resources").FirstOrDefault() ?? "", (JsonObject)JsonNode.Parse(entry.Text("Detail") ?? "{}")!);
        return new JsonObject { ["EventId"] = Guid.NewGuid().ToString() };
    }
}
