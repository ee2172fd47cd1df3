using System.Collections.Immutable;
using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Probing;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.Aws.Images.Fixture;

/// <summary>Given an image in a folder of the test, when it is delivered …</summary>
internal sealed class Delivering : IDisposable
{
    public TestFolder Folder { get; } = new("images");
    public PushOptions Options { get; init; } = new() { FirstWait = TimeSpan.FromMilliseconds(20), LongestWait = TimeSpan.FromMilliseconds(200) };
    public IRegistryCredentials Credentials { get; init; } = new NoCredentials();
    public ICommandRunner Runner { get; init; } = new NoPrograms();
    public List<PushProgress> Progress { get; } = [];

    public string Archive(IReadOnlyDictionary<string, byte[]> files, bool gzip = false, string name = "app.tar")
    {
        var tar = BuiltImage.Tar(files);
        File.WriteAllBytes(Folder.PathTo(name), gzip ? BuiltImage.Gzip(tar) : tar);
        return $"archive:{name}";
    }

    public string Layout(IReadOnlyDictionary<string, byte[]> files)
    {
        BuiltImage.WriteTo(Folder.PathTo("layout"), files);
        return "oci:layout";
    }

    public async Task<DeliveredImage> DeliverAsync(string image, string repository, string version = "1", Platform? platform = null, CancellationToken cancel = default)
    {
        using var delivery = new ImageDelivery(Credentials, Runner, Folder.Root, ImmutableSortedDictionary<string, string>.Empty, TimeProvider.System, new Random(1)) { Options = Options };
        return await delivery.DeliverAsync(new ImageRequest(ImageSource.Parse(image, Folder.Root), repository, version, platform ?? Platform.LinuxAmd64), new Collected(Progress), cancel);
    }

    public Task<ExpectedException> FailsAsync(string image, string repository, string version = "1") =>
        Assert.ThrowsAsync<ExpectedException>(() => DeliverAsync(image, repository, version));

    /// <summary>Pushes as somebody would who does not look whether the tag is taken.</summary>
    public async Task PushPastTheCheckAsync(BuiltImage image, RegistryAccess access, string repository, string tag)
    {
        BuiltImage.WriteTo(Folder.PathTo("pushed"), image.OciFiles());
        var opened = await OciImage.OpenAsync(new FolderFiles(Folder.PathTo("pushed"), "pushed"), null, Platform.LinuxAmd64, CancellationToken.None);
        using var http = new HttpClient();
        var registry = new RegistryClient(http, access, "registry", repository, TimeProvider.System, Options.Stalled);
        await new ImagePush(registry, Options, TimeProvider.System, new Random(1)).PushAsync(await opened.PackAsync(CancellationToken.None), tag, [], new Collected(Progress), CancellationToken.None);
    }

    public void Dispose() => Folder.Dispose();

    private sealed class Collected(List<PushProgress> into) : IProgress<PushProgress>
    {
        public void Report(PushProgress value)
        {
            lock (into)
            {
                into.Add(value);
            }
        }
    }

    private sealed class NoCredentials : IRegistryCredentials
    {
        public Task<RegistryAccess?> FindAsync(string host, CancellationToken cancel) => Task.FromResult<RegistryAccess?>(null);
    }

    private sealed class NoPrograms : ICommandRunner
    {
        public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel) =>
            Task.FromResult(new CommandResult(null, "", $"{request.Command[0]} cannot be started: No such file or directory", false));
    }
}
