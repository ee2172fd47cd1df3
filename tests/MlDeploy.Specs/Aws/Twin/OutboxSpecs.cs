using System.Net;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Notifications;

namespace MlDeploy.Specs.Aws.Twin;

[Collection(RunningTwin.Collection)]
public sealed class OutboxSpecs(RunningTwin twin)
{
    [Fact]
    public async Task An_address_gets_a_confirmation_first_and_mail_only_after_it_confirmed()
    {
        twin.Require();
        var topic = (await twin.QueryAsync("sns", "CreateTopic", """{"Name":"outbox"}""")).Descendants("TopicArn").Single().Value;
        Assert.Equal("pending confirmation", await twin.Aws.AskAsync("SubscriptionArn", "sns", "subscribe", "--topic-arn", topic, "--protocol", "email", "--notification-endpoint", "team@example.com"));
        Assert.Equal("PendingConfirmation", await ListedAsync(topic));
        await PublishAsync(topic, "early");

        var confirmation = Mails(topic).Single(mail => mail.Subject.Contains("Confirmation", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await twin.Http.GetAsync(new Uri(Regex.Match(confirmation.Body, "http://\\S+").Value))).StatusCode);
        Assert.StartsWith("arn:aws:sns:", await ListedAsync(topic), StringComparison.Ordinal);
        await PublishAsync(topic, "late");

        Assert.Equal([("early", false), ("late", true)], Mails(topic).Where(mail => mail.Subject == "about").Select(mail => (mail.Body, mail.Delivered)));
        var page = await twin.AnswerAsync(new Uri(twin.Server.Endpoint, "/_twin/"));
        Assert.Contains("team@example.com", page, StringComparison.Ordinal);
    }

    private Task PublishAsync(string topic, string message) => twin.QueryAsync("sns", "Publish", $$"""{"TopicArn":"{{topic}}","Subject":"about","Message":"{{message}}"}""");

    private async Task<string> ListedAsync(string topic) =>
        (await twin.QueryAsync("sns", "ListSubscriptionsByTopic", $$"""{"TopicArn":"{{topic}}"}""")).Descendants("SubscriptionArn").Single().Value;

    private IEnumerable<Mail> Mails(string topic) => twin.Server.Part<SnsService>().Outbox.Mails.Where(mail => mail.TopicArn == topic);
}
