namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy deploy`</summary>
internal static class DeployCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "deploy", "Replace the running version step by step, judging the new one on live traffic.")
        {
            Examples =
            [
                "mldeploy deploy",
                "mldeploy deploy --env production --set version=$GIT_SHA",
            ],
        }.With(options.Manifest);
}
