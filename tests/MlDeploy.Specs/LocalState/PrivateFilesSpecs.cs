using MlDeploy.Core.Errors;
using MlDeploy.Local.State;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.LocalState;

public sealed class PrivateFilesSpecs : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_replaced_whole_and_only_its_user_may_read_it()
    {
        var path = folder.PathTo("state.json");
        PrivateFiles.Replace(path, "old");
        PrivateFiles.Replace(path, "new");

        Assert.Equal("new", File.ReadAllText(path));
        Assert.False(File.Exists(path + ".new"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void A_folder_that_others_may_enter_is_closed()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes");
            return;
        }

        var path = Directory.CreateDirectory(folder.PathTo("open")).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        PrivateFiles.CreateFolder(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public void What_a_kill_left_half_written_is_neither_read_nor_written_into()
    {
        var path = folder.PathTo("state.json");
        PrivateFiles.Replace(path, ApplicationRecord.New("app"), StateJson.Default.ApplicationRecord);
        var elsewhere = folder.Write("elsewhere", "untouched");
        File.CreateSymbolicLink(path + ".new", elsewhere);

        Assert.Equal("app", PrivateFiles.Read(path, StateJson.Default.ApplicationRecord)!.Name);
        PrivateFiles.Replace(path, ApplicationRecord.New("two"), StateJson.Default.ApplicationRecord);
        Assert.Equal("two", PrivateFiles.Read(path, StateJson.Default.ApplicationRecord)!.Name);
        Assert.Equal("untouched", File.ReadAllText(elsewhere));
    }

    [Fact]
    public async Task Who_reads_while_it_is_replaced_sees_the_old_or_the_new()
    {
        var path = folder.PathTo("state.json");
        var (old, now) = (new string('a', 200_000), new string('b', 200_000));
        PrivateFiles.Replace(path, old);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var reads = 0;
            for (; !stop.IsCancellationRequested || reads == 0; reads++)
            {
                var read = File.ReadAllText(path);
                Assert.True(read == old || read == now);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 50; i++)
        {
            PrivateFiles.Replace(path, i % 2 == 0 ? now : old);
        }

        await stop.CancelAsync();
        await reading;
    }

    [Fact]
    public void A_file_that_cannot_be_written_keeps_its_content_and_names_a_remedy()
    {
        var path = folder.PathTo("state.json");
        Directory.CreateDirectory(path);
        var failure = Assert.Throws<ExpectedException>(() => PrivateFiles.Replace(path, "x"));

        Assert.Equal(ExitCode.TargetFailed, failure.ExitCode);
        Assert.Contains("nothing was lost", failure.Remedy, StringComparison.Ordinal);
        Assert.False(File.Exists(path + ".new"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schema":1,"name":"app","stable":"v1"}""")]
    [InlineData("""{"schema":1,"name":null,"stable":null,"previous":[],"lastDeployment":0}""")]
    [InlineData("""{"schema":1,"name":"app","stable":null,"previous":null,"lastDeployment":0}""")]
    [InlineData("""{"schema":1,"name":"app","stable":null,"previous":[],"lastDeployment":99999999999}""")]
    public void A_damaged_state_is_an_error_and_never_taken_for_no_state(string content)
    {
        var path = folder.Write("application.json", content);
        Assert.Contains(path, Assert.Throws<ExpectedException>(() => ApplicationRecord.Read(new ApplicationPaths(folder.Root))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_format_is_refused_and_a_missing_one_is_none()
    {
        Assert.Null(ApplicationRecord.Read(new ApplicationPaths(folder.Root)));
        folder.Write("application.json", """{"schema":2,"name":"app","stable":null,"previous":[],"lastDeployment":0}""");
        Assert.Contains("format 2", Assert.Throws<ExpectedException>(() => ApplicationRecord.Read(new ApplicationPaths(folder.Root))).Message, StringComparison.Ordinal);
    }
}
