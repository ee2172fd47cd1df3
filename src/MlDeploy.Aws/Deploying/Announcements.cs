using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Sns;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>Tells the application's topic how a deployment goes, one sentence each. What cannot be told ends nothing.</summary>
/// <param name="asked">Whether `notifications.on` names deployments.</param>
/// <param name="note">Where a failure to tell is told.</param>
public sealed class Announcements(AwsSession session, DeploymentPlace place, bool asked, Action<string> note)
{
    /// <summary>A subject has at most 100 characters, all ASCII (SNS API Reference, "Publish").</summary>
    private const int LongestSubject = 100;

    public async Task TellAsync(string what, string sentence, CancellationToken stop)
    {
        if (!asked)
        {
            return;
        }

        var subject = $"{place.Application}: {what}";
        try
        {
            await session.Sns.PublishAsync(
                new PublishRequest
                {
                    TopicArn = place.TopicArn,
                    Subject = new string([.. subject.Take(LongestSubject).Select(character => char.IsAscii(character) && !char.IsControl(character) ? character : '?')]),
                    Message = sentence,
                },
                stop);
        }
        catch (AwsServiceException failure)
        {
            note($"nobody could be told that: {Words.FirstLine(failure.Message)}");
        }
    }
}
