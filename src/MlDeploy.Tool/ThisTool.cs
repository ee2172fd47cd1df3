using MlDeploy.Local.Hosting;

namespace MlDeploy.Tool;

/// <summary>How this very tool can be started again: its own executable, or `dotnet mldeploy.dll` when it is run as a local tool.</summary>
internal static class ThisTool
{
    /// <param name="processPath">Executable of this process.</param>
    public static SelfCommand Command(string? processPath)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "mldeploy.dll");
        return Path.GetFileNameWithoutExtension(processPath) == "dotnet"
            ? new SelfCommand(processPath!, [assembly], ToolVersion.Text)
            : new SelfCommand(processPath ?? "mldeploy", [], ToolVersion.Text);
    }
}
