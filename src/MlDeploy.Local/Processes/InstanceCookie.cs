namespace MlDeploy.Local.Processes;

/// <summary>
/// The environment variable that marks every process of an instance. Children inherit it, also those that leave
/// their parent and session, so that nothing a version started can be lost.
/// </summary>
public static class InstanceCookie
{
    public const string Variable = "MLDEPLOY_INSTANCE";

    internal static ReadOnlySpan<byte> Assignment => "MLDEPLOY_INSTANCE="u8;
}
