using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Aws.Images.Fixture;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>Pushed to Debian's docker-registry, and pulled back as any client would.</summary>
public sealed class PushSpecs
{
    public static TheoryData<string> Forms => ["layout", "oci archive", "oci archive, gzip", "docker archive", "docker archive, gzip", "docker archive, gzip layers"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_image_of_any_form_is_pulled_back_with_the_same_digest(string form)
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var image = BuiltImage.Make();
        var written = form switch
        {
            "layout" => given.Layout(image.OciFiles()),
            "oci archive" => given.Archive(image.OciFiles()),
            "oci archive, gzip" => given.Archive(image.OciFiles(), gzip: true, "app.tar.gz"),
            "docker archive" => given.Archive(image.DockerFiles()),
            "docker archive, gzip" => given.Archive(image.DockerFiles(), gzip: true),
            _ => given.Archive(image.DockerFiles(gzip: true)),
        };

        var delivered = await given.DeliverAsync(written, $"{registry.Host}/fraud");

        var (manifest, digest) = await registry.PullManifestAsync("fraud", "1");
        Assert.Equal(DeliveryOutcome.Pushed, delivered.Outcome);
        Assert.Equal(digest, delivered.Digest.ToString());
        Assert.Equal(digest, BuiltImage.DigestOf(manifest));
        Assert.Equal($"{registry.Host}/fraud@{digest}", delivered.Reference);
        if (!form.StartsWith("docker", StringComparison.Ordinal))
        {
            Assert.Equal(image.Digest, digest);
        }

        var read = ImageDocument.Manifest(manifest, MediaTypes.OciManifest);
        Assert.Equal(image.Config, await registry.PullAsync("fraud", read.Config.Digest.ToString()));
        foreach (var (layer, content) in read.Layers.Zip(image.Layers))
        {
            var pulled = await registry.PullAsync("fraud", layer.Digest.ToString());
            Assert.Equal(layer.Digest.ToString(), BuiltImage.DigestOf(pulled));
            using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(pulled), System.IO.Compression.CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            await gzip.CopyToAsync(unpacked);
            Assert.Equal(content, unpacked.ToArray());
        }
    }

    [Fact]
    public async Task What_the_registry_has_is_not_sent_again()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var first = await given.DeliverAsync(given.Layout(BuiltImage.Make(1, "amd64", 50_000, 60_000).OciFiles()), $"{registry.Host}/fraud", "1");
        var again = await given.DeliverAsync("oci:layout", $"{registry.Host}/fraud", "1");
        // The same seed gives the same first layers: only the third and the configuration are new.
        var grown = BuiltImage.Make(1, "amd64", 50_000, 60_000, 5_000);
        var second = await given.DeliverAsync(given.Archive(grown.OciFiles()), $"{registry.Host}/fraud", "2");

        Assert.Equal((3, 0), (first.Progress!.Blobs, first.Progress.BlobsSkipped));
        Assert.Equal((DeliveryOutcome.AlreadyThere, first.Digest), (again.Outcome, again.Digest));
        Assert.Null(again.Progress);
        Assert.Equal((4, 2), (second.Progress!.Blobs, second.Progress.BlobsSkipped));
        Assert.Equal(grown.Compressed[2].Length + grown.Config.Length, second.Progress.BytesSent);
        Assert.Equal(grown.Compressed[0].Length + grown.Compressed[1].Length, second.Progress.BytesSkipped);
    }

    [Fact]
    public async Task A_layer_that_another_repository_has_is_mounted()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var image = BuiltImage.Make();
        var written = given.Archive(image.DockerFiles($"{registry.Host}/base:1"));
        await given.DeliverAsync(written, $"{registry.Host}/base");

        var delivered = await given.DeliverAsync(written, $"{registry.Host}/fraud");

        Assert.Equal((0L, 3), (delivered.Progress!.BytesSent, delivered.Progress.BlobsSkipped));
        Assert.Equal(delivered.Digest.ToString(), (await registry.PullManifestAsync("fraud", "1")).Digest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1 << 20)]
    public async Task An_upload_that_is_cut_in_the_middle_arrives_whole(int? chunk)
    {
        using var registry = await DockerRegistry.StartAsync();
        using var wire = new FaultyProxy(registry.Port, 1_500_000, 2_500_000, 700_000);
        using var given = new Delivering { Options = new PushOptions { FirstWait = TimeSpan.FromMilliseconds(20), ChunkBytes = chunk } };
        var image = BuiltImage.Make(3, "amd64", 4_000_000, 300_000);

        var delivered = await given.DeliverAsync(given.Layout(image.OciFiles()), $"{wire.Host}/fraud");

        Assert.Equal(0, wire.CutsLeft);
        Assert.True(delivered.Progress!.Resumed + delivered.Progress.Restarted >= 3, $"{delivered.Progress}");
        Assert.Equal(image.Digest, (await registry.PullManifestAsync("fraud", "1")).Digest);
        Assert.Equal(image.Compressed[0], await registry.PullAsync("fraud", BuiltImage.DigestOf(image.Compressed[0])));
        TestContext.Current.SendDiagnosticMessage($"chunk {chunk}: {delivered.Progress}, {wire.BytesUp} bytes on the wire");
    }

    [Fact]
    public async Task A_push_that_was_cancelled_goes_on_with_what_is_missing()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering { Options = new PushOptions { Parallel = 1 } };
        using var stop = new CancellationTokenSource();
        var image = BuiltImage.Make(4, "amd64", 400_000, 3_000_000);
        given.Layout(image.OciFiles());

        var cancelled = given.DeliverAsync("oci:layout", $"{registry.Host}/fraud", cancel: stop.Token);
        await Eventually.Becomes(() => { lock (given.Progress) { return given.Progress.Any(progress => progress.BytesSent > 1_000_000); } }, "the second layer is on its way");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(await registry.HasTagAsync("fraud", "1"));

        var delivered = await given.DeliverAsync("oci:layout", $"{registry.Host}/fraud");

        Assert.True(delivered.Progress!.BlobsSkipped >= 1, $"{delivered.Progress}");
        Assert.Equal(image.Digest, (await registry.PullManifestAsync("fraud", "1")).Digest);
    }

    [Fact]
    public async Task Content_that_has_another_digest_is_refused_and_nothing_is_published()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var image = BuiltImage.Make();
        var files = image.OciFiles();
        var changed = image.Compressed[1].ToArray();
        changed[^20] ^= 1;
        files[BuiltImage.BlobName(image.Compressed[1])] = changed;

        var refused = await given.FailsAsync(given.Layout(files), $"{registry.Host}/fraud");

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains(BuiltImage.DigestOf(image.Compressed[1]), refused.Message, StringComparison.Ordinal);
        Assert.Contains(BuiltImage.DigestOf(changed), refused.Message, StringComparison.Ordinal);
        Assert.False(await registry.HasTagAsync("fraud", "1"));
    }

    [Fact]
    public async Task A_version_that_names_other_content_already_is_never_replaced()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var first = await given.DeliverAsync(given.Layout(BuiltImage.Make(1).OciFiles()), $"{registry.Host}/fraud");

        var refused = await given.FailsAsync(given.Archive(BuiltImage.Make(2).OciFiles()), $"{registry.Host}/fraud");

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains("version 1 is in", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--set version=", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(first.Digest.ToString(), (await registry.PullManifestAsync("fraud", "1")).Digest);
    }

    [Fact]
    public async Task However_its_layers_are_compressed_the_same_image_is_the_same_version()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var image = BuiltImage.Make();
        var first = await given.DeliverAsync(given.Layout(image.OciFiles()), $"{registry.Host}/fraud");

        var again = await given.DeliverAsync(given.Archive(image.DockerFiles()), $"{registry.Host}/fraud");

        Assert.Equal((DeliveryOutcome.AlreadyThere, first.Reference), (again.Outcome, again.Reference));
    }

    [Fact]
    public async Task Of_several_platforms_the_one_that_the_tasks_run_is_pushed()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var (amd, arm) = (BuiltImage.Make(1), BuiltImage.Make(2, "arm64"));
        given.Layout(BuiltImage.OciIndexFiles(("amd64", amd), ("arm64", arm)));

        var delivered = await given.DeliverAsync("oci:layout", $"{registry.Host}/fraud", "1", Platform.LinuxArm64);

        Assert.Equal(arm.Digest, delivered.Digest.ToString());
        Assert.Equal(3, delivered.Progress!.Blobs);
    }

    [Fact]
    public async Task An_image_that_is_in_a_registry_is_resolved_to_its_digest()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var pushed = await given.DeliverAsync(given.Layout(BuiltImage.Make().OciFiles()), $"{registry.Host}/fraud", "1.4+build");

        var byTag = await given.DeliverAsync($"{registry.Host}/fraud:1.4_build", "unused/unused");
        var byDigest = await given.DeliverAsync(pushed.Reference, "unused/unused");
        var missing = await given.FailsAsync($"{registry.Host}/fraud:1.5", "unused/unused");
        var gone = await given.FailsAsync($"{registry.Host}/fraud@sha256:{new string('0', 64)}", "unused/unused");
        var otherPlatform = await Assert.ThrowsAsync<ExpectedException>(() => given.DeliverAsync(pushed.Reference, "unused/unused", platform: Platform.LinuxArm64));

        Assert.Equal((DeliveryOutcome.InRegistry, pushed.Reference), (byTag.Outcome, byTag.Reference));
        Assert.Equal(pushed.Reference, byDigest.Reference);
        Assert.Contains("there is no image", missing.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, gone.ExitCode);
        Assert.Contains("linux/amd64", otherPlatform.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_with_a_password_gets_it_and_without_says_what_to_do()
    {
        using var registry = await DockerRegistry.StartAsync(withPassword: true);
        using var given = new Delivering { Credentials = new DockerLogins(name => name == "DOCKER_CONFIG" ? "." : null) };
        given.Layout(BuiltImage.Make().OciFiles());
        var refused = await given.FailsAsync("oci:layout", $"{registry.Host}/fraud");
        Assert.Equal(ExitCode.TargetFailed, refused.ExitCode);
        Assert.Contains($"docker login {registry.Host}", refused.Remedy, StringComparison.Ordinal);

        var login = Convert.ToBase64String("ada:secret"u8);
        given.Folder.Write("docker/config.json", $$"""{ "auths": { "{{registry.Host}}": { "auth": "{{login}}" } } }""");
        using var known = new Delivering { Credentials = new DockerLogins(name => name == "DOCKER_CONFIG" ? given.Folder.PathTo("docker") : null) };
        known.Layout(BuiltImage.Make().OciFiles());
        var delivered = await known.DeliverAsync("oci:layout", $"{registry.Host}/fraud");

        Assert.Equal(DeliveryOutcome.Pushed, delivered.Outcome);
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_a_failed_target()
    {
        using var given = new Delivering { Options = new PushOptions { Attempts = 2, FirstWait = TimeSpan.FromMilliseconds(1) } };

        var failed = await given.FailsAsync(given.Layout(BuiltImage.Make().OciFiles()), $"127.0.0.1:{DockerRegistry.FreePort()}/fraud");

        Assert.Equal(ExitCode.TargetFailed, failed.ExitCode);
        Assert.Contains("cannot be reached", failed.Message, StringComparison.Ordinal);
    }
}
