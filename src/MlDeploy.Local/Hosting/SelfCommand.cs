namespace MlDeploy.Local.Hosting;

/// <summary>How to start mldeploy again: as the tool's own executable, or as `dotnet mldeploy.dll` when run as a local tool.</summary>
/// <param name="ToolVersion">What command and host compare.</param>
public sealed record SelfCommand(string Executable, IReadOnlyList<string> LeadingArguments, string ToolVersion);
