using System.Text;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class SecretSpecs : AcceptanceTest
{
    private const string Value = "s3cr3t-that-nobody-may-read";
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task A_secret_reaches_the_application_and_stands_nowhere_but_in_its_private_file()
    {
        State.Environment["API_KEY"] = Value;
        var given = Given with { Application = "secrets: { SERVICE_KEY: env:API_KEY }" };
        await StableServesAsync(given);
        await using var traffic = TrafficLoad.Start(State);
        var deploy = await State.DeployAsync(given.Of("v2"));
        var (host, watcher) = await State.HostProcessesAsync();
        var said = new StringBuilder(deploy.ExitsWith(0).ToString());
        foreach (var command in new[] { "plan", "status", "history", "report", "metrics", "logs", "doctor", "host status", "validate" })
        {
            said.Append(await State.RunAsync([.. command.Split(' '), "--verbose"]));
        }

        var serving = (await State.StatusAsync()).Stable!.ProcessId!.Value;
        Assert.Contains(Value, EnvironmentOf(serving), StringComparison.Ordinal);
        Assert.DoesNotContain(Value, said.ToString(), StringComparison.Ordinal);
        Assert.All([host, watcher], pid => Assert.DoesNotContain(Value, EnvironmentOf(pid), StringComparison.Ordinal));
        Assert.All(Processes.Of(State.Folder, State.Name), process => Assert.DoesNotContain(Value, process.CommandLine, StringComparison.Ordinal));
        (await State.RunAsync("host", "stop")).ExitsWith(0); // Nobody writes while files are read.
        Assert.All(FilesWithTheSecret(), file => Assert.Equal("secrets.json", Path.GetFileName(file)));
        Assert.Equal(2, FilesWithTheSecret().Count()); // v1's and v2's.

        (await State.RunAsync("destroy", "--confirm", State.Name)).ExitsWith(0);
        (await State.RunAsync("host", "stop")).ExitsWith(0);
        Assert.Empty(FilesWithTheSecret());
    }

    [Fact]
    public async Task A_secret_in_the_last_words_of_a_version_that_fails_is_blacked_out()
    {
        State.Environment["API_KEY"] = Value;

        var deploy = await State.DeployAsync(Given with
        {
            Application = "secrets: { SERVICE_KEY: env:API_KEY }",
            Command = ["sh", "-c", "echo key $$SERVICE_KEY is refused >&2; exit 4"],
        });

        deploy.ExitsWith(7).Says("is refused");
        Assert.DoesNotContain(Value, deploy.ToString(), StringComparison.Ordinal);
        (await State.RunAsync("host", "stop")).ExitsWith(0);

        // What an application prints stands in its log, as it was printed.
        Assert.All(FilesWithTheSecret(), file => Assert.True(file.StartsWith(State.Application.Logs, StringComparison.Ordinal) || Path.GetFileName(file) == "secrets.json", file));
    }

    [Fact]
    public async Task A_secret_that_is_not_set_is_named_and_nothing_is_touched()
    {
        (await State.DeployAsync(Given with { Application = "secrets: { SERVICE_KEY: env:API_KEY }" })).ExitsWith(3).Says("API_KEY").ExplainsItself();

        Assert.False(Directory.Exists(State.Application.Folder));
    }

    [Fact]
    public async Task Another_secret_is_another_version()
    {
        State.Environment["API_KEY"] = "first";
        var given = Given with { Application = "secrets: { SERVICE_KEY: env:API_KEY }" };
        await StableServesAsync(given);
        var before = (await State.StatusAsync()).Stable!;
        State.Environment["API_KEY"] = Value;

        (await State.RunAsync("plan", "--detailed-exitcode")).ExitsWith(2).Says("application.secrets");
        await StableServesAsync(given);

        var after = (await State.StatusAsync()).Stable!;
        Assert.NotEqual(before.Id, after.Id);
        Assert.Contains(Value, EnvironmentOf(after.ProcessId!.Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_can_read_the_state_or_speak_to_the_host()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix file modes");
            return;
        }

        State.Environment["API_KEY"] = Value;
        await StableServesAsync(Given with { Application = "secrets: { SERVICE_KEY: env:API_KEY }" });

        Assert.Equal(PrivateFile, File.GetUnixFileMode(State.Paths.ControlSocket));
        var snapshots = State.Application.Snapshots;
        foreach (var folder in Directory.EnumerateDirectories(State.Folder, "*", SearchOption.AllDirectories).Append(State.Folder).Where(folder => !folder.StartsWith(snapshots + "/", StringComparison.Ordinal)))
        {
            Assert.True(File.GetUnixFileMode(folder) == (PrivateFile | UnixFileMode.UserExecute), $"{folder} is {File.GetUnixFileMode(folder)}");
        }

        foreach (var file in Directory.EnumerateFiles(State.Folder, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(snapshots + "/", StringComparison.Ordinal)))
        {
            Assert.True((File.GetUnixFileMode(file) & ~PrivateFile) == UnixFileMode.None, $"{file} is {File.GetUnixFileMode(file)}");
        }
    }

    private IEnumerable<string> FilesWithTheSecret() => Directory.EnumerateFiles(State.Folder, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".sock", StringComparison.Ordinal) && file != State.Paths.HostLock)
        .Where(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(Value, StringComparison.Ordinal));

    private static string EnvironmentOf(int pid) => File.ReadAllText($"/proc/{pid}/environ");
}
