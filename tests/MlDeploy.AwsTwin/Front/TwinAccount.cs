namespace MlDeploy.AwsTwin.Front;

/// <summary>The one account there is: moto's default.</summary>
internal static class TwinAccount
{
    public const string Id = "123456789012";

    public const string Partition = "aws";
}
