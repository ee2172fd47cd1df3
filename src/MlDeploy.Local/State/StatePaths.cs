using MlDeploy.Core.Errors;

namespace MlDeploy.Local.State;

/// <summary>
/// Where the local target keeps its state: `$XDG_STATE_HOME/mldeploy` (by default `~/.local/state/mldeploy`;
/// on Windows `%LOCALAPPDATA%\mldeploy`), one folder per application and `.host` for the host itself.
/// </summary>
public sealed record StatePaths(string Root)
{
    /// <summary>Linux allows 108 bytes for a socket's path, macOS 104.</summary>
    private const int LongestSocketPath = 100;

    public string HostFolder => Path.Combine(Root, ".host");

    public string HostLock => Path.Combine(HostFolder, "host.lock");

    public string HostRecord => Path.Combine(HostFolder, "host.json");

    /// <summary>Where the dashboard was opened last.</summary>
    public string DashboardRecord => Path.Combine(HostFolder, "dashboard.json");

    public string HostLog => Path.Combine(HostFolder, "host.log");

    /// <summary>The control socket; in a private folder of the temporary directory where the state's path is too long for a socket.</summary>
    public string ControlSocket
    {
        get
        {
            var natural = Path.Combine(HostFolder, "control.sock");
            return natural.Length <= LongestSocketPath ? natural : Path.Combine(ShortFolder, "control.sock");
        }
    }

    private string ShortFolder => Path.Combine(Path.GetTempPath(), $"mldeploy-{Digests.Short(Root)}");

    public static StatePaths From(Func<string, string?> variable)
    {
        if (variable("MLDEPLOY_STATE") is { Length: > 0 } given)
        {
            return new StatePaths(Path.GetFullPath(given));
        }

        if (OperatingSystem.IsWindows())
        {
            return new StatePaths(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "mldeploy"));
        }

        var states = variable("XDG_STATE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg
            : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state")
            : throw new ExpectedException(
                ExitCode.Usage, "there is no place for the local target's state: HOME is not set", "set HOME, XDG_STATE_HOME, or MLDEPLOY_STATE to a folder of yours");
        return new StatePaths(Path.Combine(states, "mldeploy"));
    }

    public ApplicationPaths Application(string name) => new(Path.Combine(Root, name));

    /// <summary>Names of applications that have a state.</summary>
    public IEnumerable<string> Applications() => Directory.Exists(Root)
        ? Directory.EnumerateDirectories(Root).Select(Path.GetFileName).OfType<string>().Where(name => name[0] != '.' && File.Exists(Application(name).Record)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>Makes the folders only this user may enter.</summary>
    public void CreateHostFolders()
    {
        PrivateFiles.CreateFolder(Root);
        PrivateFiles.CreateFolder(HostFolder);
        PrivateFiles.CreateFolder(Path.GetDirectoryName(ControlSocket)!);
    }
}

/// <summary>The files of one application.</summary>
public sealed record ApplicationPaths(string Folder)
{
    public string Record => Path.Combine(Folder, "application.json");

    public string Instances => Path.Combine(Folder, "instances.json");

    public string Traffic => Path.Combine(Folder, "traffic.json");

    public string Versions => Path.Combine(Folder, "versions");

    public string Snapshots => Path.Combine(Folder, "snapshots");

    public string Deployments => Path.Combine(Folder, "deployments");

    public string Logs => Path.Combine(Folder, "logs");

    public string AccessLog => Path.Combine(Logs, "access.log");

    public string VersionLog(string version) => Path.Combine(Logs, $"{version}.log");

    public string Version(string version) => Path.Combine(Versions, version);

    /// <summary>What models were asked and answered: a folder per version, a sketch file per hour.</summary>
    public string Windows => Path.Combine(Folder, "windows");

    /// <summary>Rows of models that asked to keep some: a folder per version.</summary>
    public string Rows => Path.Combine(Folder, "rows");

    /// <summary>What the last look for drift found.</summary>
    public string Drift => Path.Combine(Folder, "drift.json");

    /// <summary>The profile that a version was deployed with.</summary>
    public string Profile(string version) => Path.Combine(Version(version), "profile.json");

    /// <summary>How far a version's predictions are read from its log.</summary>
    public string LogPlaces(string version) => Path.Combine(Version(version), "log-places.json");

    public string Deployment(int number) => Path.Combine(Deployments, number.ToString("0000", System.Globalization.CultureInfo.InvariantCulture));

    public string ReportPage(int number) => Path.Combine(Deployment(number), "report.html");

    public string Journal(int number) => Path.Combine(Deployment(number), "journal.jsonl");
}
