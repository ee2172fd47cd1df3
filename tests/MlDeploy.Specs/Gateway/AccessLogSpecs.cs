using System.Text.Json;
using MlDeploy.Local.Gateway;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Gateway;

public sealed class AccessLogSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-access-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Each_request_is_one_line_without_its_query()
    {
        var path = Path.Combine(folder, "deep", "access.log");
        await using (var fixture = await GatewayFixture.StartAsync(log: new AccessLogOptions(path)))
        {
            fixture.Route(await fixture.VersionAsync("v1"));
            await fixture.Client.GetStringAsync("/a/b?customer=ann");
            using var failed = await fixture.Client.PostAsync("/fail", null);
            await Eventually.Holds(() => fixture.Gateway.Totals.Requests == 2, "both are recorded");
        }

        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(2, lines.Length);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(
            ("127.0.0.1", "GET", "/a/b", 200, "v1", "stable"),
            (Text("client"), Text("method"), Text("path"), first.GetProperty("status").GetInt32(), Text("version"), Text("arm")));
        Assert.True(first.GetProperty("micros").GetInt64() > 0);
        Assert.DoesNotContain("ann", string.Concat(lines));
        Assert.Contains("\"status\":500", lines[1]);

        string Text(string name) => first.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task A_full_file_is_set_aside_and_the_oldest_is_dropped()
    {
        var path = Path.Combine(folder, "access.log");
        await using (var fixture = await GatewayFixture.StartAsync(log: new AccessLogOptions(path, MaxBytes: 400, Keep: 2)))
        {
            fixture.Route(await fixture.VersionAsync("v1"));
            // How many lines a busy writer takes at once is its own affair; that it sets files aside is not.
            for (var i = 0; i < 5_000 && !File.Exists(path + ".2"); i++)
            {
                await fixture.Client.GetStringAsync($"/{i}");
            }

            await fixture.Client.GetStringAsync("/last");
        }

        Assert.Equal(["access.log", "access.log.1", "access.log.2"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Contains("\"/last\"", await File.ReadAllTextAsync(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task A_disk_that_refuses_costs_lines_and_no_request()
    {
        // A folder stands where the file should.
        await using var fixture = await GatewayFixture.StartAsync(log: new AccessLogOptions(folder));
        fixture.Route(await fixture.VersionAsync("v1"));

        Assert.Equal("v1", await fixture.Client.GetStringAsync("/"));

        await Eventually.Holds(() => fixture.Gateway.AccessLogDropped == 1, "the lost line is counted");
    }
}
