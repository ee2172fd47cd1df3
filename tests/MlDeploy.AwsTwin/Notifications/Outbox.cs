namespace MlDeploy.AwsTwin.Notifications;

/// <summary>One e-mail that AWS would have sent.</summary>
/// <param name="Delivered">False when the address never confirmed its subscription: AWS sends it nothing but the confirmation.</param>
internal sealed record Mail(DateTimeOffset At, string To, string Subject, string Body, string TopicArn, bool Delivered);

/// <summary>All of them, oldest first.</summary>
internal sealed class Outbox
{
    private readonly Lock gate = new();
    private readonly List<Mail> mails = [];

    public IReadOnlyList<Mail> Mails
    {
        get
        {
            lock (gate)
            {
                return [.. mails];
            }
        }
    }

    public void Add(Mail mail)
    {
        lock (gate)
        {
            mails.Add(mail);
        }
    }
}
