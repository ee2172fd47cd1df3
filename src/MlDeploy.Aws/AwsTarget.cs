namespace MlDeploy.Aws;

/// <summary>What the target is called on the command line and in a manifest.</summary>
public static class AwsTarget
{
    public const string Name = "aws";
}
