using MlDeploy.Core.Errors;
using MlDeploy.Core.Probing;
using MlDeploy.Specs.Aws.Images.Fixture;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>An image that docker or podman has is saved by them into a file that does not stay.</summary>
public sealed class ExportSpecs
{
    [Theory]
    [InlineData("docker:fraud:1", "docker save --output {file} fraud:1")]
    [InlineData("podman:fraud:1", "podman save --quiet --format oci-archive --output {file} fraud:1")]
    [InlineData("fraud:1", "docker save --output {file} fraud:1")]
    public async Task The_program_that_has_it_saves_it(string image, string command)
    {
        using var registry = await DockerRegistry.StartAsync();
        var programs = new Programs(BuiltImage.Make());
        using var given = new Delivering { Runner = programs };

        var delivered = await given.DeliverAsync(image, $"{registry.Host}/fraud");

        Assert.Equal(delivered.Digest.ToString(), (await registry.PullManifestAsync("fraud", "1")).Digest);
        Assert.Equal(command.Replace("{file}", programs.File, StringComparison.Ordinal), programs.Asked[^1]);
        Assert.False(File.Exists(programs.File), "the saved file stays");
    }

    [Fact]
    public async Task A_name_that_nobody_has_says_where_it_was_looked_for()
    {
        using var given = new Delivering();

        var missing = await given.FailsAsync("nginx:mainline-alpine", "127.0.0.1:1/fraud");

        Assert.Equal(ExitCode.Usage, missing.ExitCode);
        Assert.Contains("docker: docker cannot be started", missing.Message, StringComparison.Ordinal);
        Assert.Contains("podman: podman cannot be started", missing.Message, StringComparison.Ordinal);
        Assert.Contains("docker.io/library/nginx:mainline-alpine", missing.Remedy, StringComparison.Ordinal);
    }

    /// <summary>docker and podman, as far as they are asked.</summary>
    private sealed class Programs(BuiltImage image) : ICommandRunner
    {
        public List<string> Asked { get; } = [];
        public string File { get; private set; } = "";

        public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel)
        {
            Asked.Add(string.Join(' ', request.Command));
            if (request.Command[1] == "save")
            {
                File = request.Command[request.Command.IndexOf("--output") + 1];
                System.IO.File.WriteAllBytes(File, BuiltImage.Tar(request.Command[0] == "podman" ? image.OciFiles() : image.DockerFiles()));
            }

            return Task.FromResult(new CommandResult(0, "sha256:1", "", TimedOut: false));
        }
    }
}
