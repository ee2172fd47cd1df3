using MlDeploy.Core.Rollout;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>The whole page in one sentence: also the browser tab's title.</summary>
internal static class Headline
{
    public static string Of(DashboardView view) => view.Applications switch
    {
        [] => "Nothing is deployed on the local target",
        [var only] => Of(only),
        var many when many.Count(NeedsALook) is > 0 and var sick => $"{sick} of {many.Length} applications need a look: {string.Join("; ", many.Where(NeedsALook).Select(Of))}",
        var many => $"{many.Length} applications serve{(many.Where(one => one.Rollout is not null).Select(one => one.Name).ToArray() is { Length: > 0 } moving ? $"; {string.Join(", ", moving)} is being deployed" : "")}",
    };

    public static string Of(ApplicationView application)
    {
        var stable = Version(application, "stable");
        var state = application switch
        {
            { Status: null } => "cannot be read",
            { Status.Listening: false } => "does not listen",
            { Rollout: { } rollout } => $"{Version(application, "candidate")?.Label ?? rollout.Candidate} is {rollout.Phase} at {Words.Percent(rollout.Weight)}",
            _ when stable is null => "nothing serves",
            _ when stable.Health != "healthy" => $"{stable.Label} is {stable.Health}",
            _ => $"{stable.Label} serves",
        };
        return $"{application.Name}: {state}";
    }

    public static bool NeedsALook(ApplicationView application) =>
        application.Status is not { Listening: true } || (Version(application, "stable") is not { Health: "healthy" } && application.Rollout is null);

    private static Control.VersionStatus? Version(ApplicationView application, string role) => application.Status?.Versions.FirstOrDefault(version => version.Role == role);
}
