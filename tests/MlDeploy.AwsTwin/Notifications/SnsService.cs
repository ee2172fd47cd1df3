using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Notifications;

/// <summary>
/// moto keeps topics and subscriptions; here e-mail becomes real: an address has to confirm before it gets anything, and
/// what it would get is in the <see cref="Outbox"/>.
/// </summary>
internal sealed class SnsService(TwinContext twin) : ITwinService, ITwinRoute
{
    private const string ConfirmPath = "/_twin/sns/confirm";

    /// <summary>Subscription ARN → the token that its confirmation mail carries.</summary>
    private readonly ConcurrentDictionary<string, string> pending = new();

    public string SigningName => "sns";

    public Outbox Outbox { get; } = new();

    public bool Owns(string action) =>
        action is "Subscribe" or "ConfirmSubscription" or "ListSubscriptions" or "ListSubscriptionsByTopic" or "GetSubscriptionAttributes" or "Publish" or "PublishBatch";

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        if (request.Action == "ConfirmSubscription")
        {
            var arn = Confirm(request.Input.Required("Token")) ?? throw new AwsError("InvalidParameter", "Invalid parameter: Token");
            return TwinReply.Of(new JsonObject { ["SubscriptionArn"] = arn });
        }

        var reply = await twin.Moto.AskAsync(request, cancel);
        if (reply.Status >= 400)
        {
            return reply;
        }

        switch (request.Action)
        {
            case "Subscribe" when request.Input.Text("Protocol") is "email" or "email-json":
                return AskToConfirm(request, reply);
            case "Subscribe":
                return reply;
            case "Publish":
                await SendAsync(request, request.Input, cancel);
                return reply;
            case "PublishBatch":
                foreach (var entry in request.Input.Objects("PublishBatchRequestEntries"))
                {
                    entry["TopicArn"] = request.Input.Text("TopicArn");
                    await SendAsync(request, entry, cancel);
                }

                return reply;
            default:
                return request.Action == "GetSubscriptionAttributes" ? WithPendingAttribute(request, reply) : WithPendingArns(reply);
        }
    }

    public bool Owns(PathString path) => path == ConfirmPath;

    /// <summary>The link in a confirmation mail.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var arn = Confirm(context.Request.Query["Token"].ToString());
        context.Response.StatusCode = arn is null ? 404 : 200;
        await context.Response.WriteAsync(arn is null ? "No subscription waits for this token.\n" : $"Subscription confirmed: {arn}\n");
    }

    public (string Section, JsonNode Content)? Describe() => ("outbox", JsonSerializer.SerializeToNode(Outbox.Mails, JsonSerializerOptions.Web)!);

    private string? Confirm(string token)
    {
        var arn = pending.FirstOrDefault(pair => pair.Value == token).Key;
        return arn is not null && pending.TryRemove(arn, out _) ? arn : null;
    }

    private TwinReply AskToConfirm(TwinRequest request, TwinReply reply)
    {
        var document = Parse(reply);
        var element = document.Descendants().First(one => one.Name.LocalName == "SubscriptionArn");
        var (arn, topic, endpoint) = (element.Value, request.Input.Required("TopicArn"), request.Input.Required("Endpoint"));
        if (pending.TryAdd(arn, Guid.NewGuid().ToString("N")))
        {
            Outbox.Add(new Mail(twin.Clock.GetUtcNow(), endpoint, "AWS Notification - Subscription Confirmation",
                $"You have chosen to subscribe to the topic:\n{topic}\n\nTo confirm this subscription, click or visit the link below (If this was in error no action is necessary):\n{new Uri(twin.Endpoint, ConfirmPath)}?Token={pending[arn]}\n", topic, Delivered: true));
        }

        if (request.Input.Flag("ReturnSubscriptionArn") != true)
        {
            element.Value = "pending confirmation";
        }

        return Render(document);
    }

    private async Task SendAsync(TwinRequest request, JsonObject message, CancellationToken cancel)
    {
        if ((message.Text("TopicArn") ?? message.Text("TargetArn")) is not { } topic)
        {
            return;
        }

        foreach (var (arn, _, endpoint) in (await AllAsync(request.Region, topic, cancel)).Where(one => one.Protocol is "email" or "email-json"))
        {
            Outbox.Add(new Mail(twin.Clock.GetUtcNow(), endpoint, message.Text("Subject") ?? "AWS Notification Message", message.Text("Message") ?? "", topic, Delivered: !pending.ContainsKey(arn)));
        }
    }

    /// <summary>Asked of moto itself, which knows the ARNs of pending ones too.</summary>
    private async Task<List<(string Arn, string Protocol, string Endpoint)>> AllAsync(string region, string topic, CancellationToken cancel)
    {
        using var records = twin.Records(region);
        var reply = await records.QueryAsync("sns", "ListSubscriptionsByTopic", new JsonObject { ["TopicArn"] = topic }, cancel);
        return [.. reply.Descendants("member").Select(one => (Child(one, "SubscriptionArn"), Child(one, "Protocol"), Child(one, "Endpoint")))];
    }

    private TwinReply WithPendingArns(TwinReply reply)
    {
        var document = Parse(reply);
        foreach (var element in document.Descendants().Where(one => one.Name.LocalName == "SubscriptionArn" && pending.ContainsKey(one.Value)))
        {
            element.Value = "PendingConfirmation";
        }

        return Render(document);
    }

    private TwinReply WithPendingAttribute(TwinRequest request, TwinReply reply)
    {
        var document = Parse(reply);
        foreach (var entry in document.Descendants().Where(one => one.Name.LocalName == "entry" && Child(one, "key") == "PendingConfirmation"))
        {
            entry.Elements().First(one => one.Name.LocalName == "value").Value = pending.ContainsKey(request.Input.Text("SubscriptionArn") ?? "") ? "true" : "false";
        }

        return Render(document);
    }

    private static string Child(XElement element, string name) => element.Elements().FirstOrDefault(one => one.Name.LocalName == name)?.Value ?? "";

    private static XElement Parse(TwinReply reply) => XElement.Parse(Encoding.UTF8.GetString(reply.Raw!));

    private static TwinReply Render(XElement document) => TwinReply.OfRaw(200, "text/xml", Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting)));
}
