using System.Diagnostics;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Push;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Registry;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Aws.Images.Fixture;
using MlDeploy.Specs.Aws.Peers;
using MlDeploy.Specs.Aws.Twin;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>ECR as the twin plays it: its token, its repositories, its immutable tags.</summary>
public sealed class TwinRegistrySpecs(TwinRegistrySpecs.Twin twin) : IClassFixture<TwinRegistrySpecs.Twin>
{
    private const string Region = "eu-central-1";
    private const string Host = $"123456789012.dkr.ecr.{Region}.amazonaws.com";

    [Fact]
    public async Task An_image_pushed_by_ECRs_token_is_what_the_official_command_line_shows()
    {
        var repository = await twin.RepositoryAsync("fraud-scoring");
        using var given = twin.Given();
        var image = BuiltImage.Make();

        var delivered = await given.DeliverAsync(given.Layout(image.OciFiles()), repository, "1.4.0");

        Assert.Equal($"{Host}/fraud-scoring@{image.Digest}", delivered.Reference);
        var described = await twin.AwsAsync("ecr", "describe-images", "--repository-name", "fraud-scoring");
        var detail = described["imageDetails"]!.AsArray().Single()!;
        Assert.Equal((image.Digest, "1.4.0"), ((string)detail["imageDigest"]!, (string)detail["imageTags"]![0]!));
        Assert.Equal(DeliveryOutcome.AlreadyThere, (await given.DeliverAsync("oci:layout", repository, "1.4.0")).Outcome);
        Assert.Equal(DeliveryOutcome.InRegistry, (await given.DeliverAsync(delivered.Reference, "unused/unused")).Outcome);
    }

    [Fact]
    public async Task Its_tags_are_immutable_and_a_repository_that_is_not_there_is_told()
    {
        var repository = await twin.RepositoryAsync("immutable");
        using var given = twin.Given();
        await given.DeliverAsync(given.Layout(BuiltImage.Make(1).OciFiles()), repository);
        var image = BuiltImage.Make(2);

        var refused = await given.FailsAsync(given.Archive(image.OciFiles()), repository);
        var enforced = await Assert.ThrowsAsync<ExpectedException>(() => given.PushPastTheCheckAsync(image, twin.Access, "immutable", "1"));
        var missing = await given.FailsAsync("archive:app.tar", $"{Host}/nobody");

        Assert.Contains("--set version=", refused.Remedy, StringComparison.Ordinal);
        Assert.Contains("TAG_INVALID", enforced.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.TargetFailed, missing.ExitCode);
        Assert.Contains("mldeploy provision", missing.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000)]
    public async Task A_cut_upload_goes_on_where_it_was_cut(int? chunk)
    {
        var repository = await twin.RepositoryAsync($"resumed-{chunk ?? 0}");
        using var wire = new FaultyProxy(twin.Port, 1_500_000, 1_500_000);
        using var given = twin.Given(access => access with { Endpoint = new Uri($"http://{wire.Host}") }, new PushOptions { FirstWait = TimeSpan.FromMilliseconds(20), ChunkBytes = chunk });
        var image = BuiltImage.Make(5, "amd64", 6_000_000);

        var delivered = await given.DeliverAsync(given.Layout(image.OciFiles()), repository);

        Assert.Equal(0, wire.CutsLeft);
        Assert.Equal((2, 0), (delivered.Progress!.Resumed, delivered.Progress.Restarted));
        Assert.Equal(image.Digest, delivered.Digest.ToString());
        Assert.InRange(wire.BytesUp, delivered.Progress.BytesTotal, delivered.Progress.BytesTotal + 1_500_000);
    }

    [Fact]
    public async Task A_registry_that_loses_parts_gets_the_blob_in_one_piece()
    {
        var repository = await twin.RepositoryAsync("forgetful");
        using var given = twin.Given(options: new PushOptions { ChunkBytes = 100_000, FirstWait = TimeSpan.FromMilliseconds(1) });
        var image = BuiltImage.Make(6, "amd64", 350_000);
        twin.Route.LosesLaterParts = true;
        try
        {
            var delivered = await given.DeliverAsync(given.Layout(image.OciFiles()), repository);

            Assert.Equal(image.Digest, delivered.Digest.ToString());
            Assert.True(delivered.Progress!.Restarted >= 1, $"{delivered.Progress}");
        }
        finally
        {
            twin.Route.LosesLaterParts = false;
        }
    }

    [Fact]
    public async Task Without_a_token_nothing_is_told()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(twin.Server.Endpoint, "/v2/fraud-scoring/manifests/1.4.0"));

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.StartsWith("Basic", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
    }

    public sealed class Twin : IAsyncLifetime
    {
        private AwsCommandLine? aws;

        internal TwinServer Server { get; private set; } = null!;
        internal RegistryRoute Route => Server.Part<RegistryRoute>();
        internal int Port => Server.Endpoint.Port;
        internal RegistryAccess Access { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Required("moto_server");
            Server = await TwinServer.StartAsync(new TwinOptions());
            using var session = await SessionAsync();
            using var credentials = new EcrCredentials(session.Ecr, new Known(null));
            Access = (await credentials.FindAsync(Host, CancellationToken.None))!;
        }

        public async ValueTask DisposeAsync()
        {
            await (aws?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (Server is not null)
            {
                await Server.DisposeAsync();
            }
        }

        internal async Task<string> RepositoryAsync(string name)
        {
            var created = await AwsAsync("ecr", "create-repository", "--repository-name", name, "--image-tag-mutability", "IMMUTABLE");
            return (string)created["repository"]!["repositoryUri"]!;
        }

        internal Delivering Given(Func<RegistryAccess, RegistryAccess>? change = null, PushOptions? options = null) => new()
        {
            Credentials = new Known((change ?? (access => access))(Access)),
            Options = options ?? new PushOptions { FirstWait = TimeSpan.FromMilliseconds(20) },
        };

        /// <summary>The official command line.</summary>
        internal async Task<JsonObject> AwsAsync(params string[] arguments)
        {
            Required("aws");
            return (JsonObject)(await (aws ??= new AwsCommandLine(Server.Endpoint)).RunAsync(arguments))!;
        }

        private static string Required(string program)
        {
            if (Peer.Find(program) is { } path)
            {
                return path;
            }

            Peer.Missing(program, "pip install moto[server] awscli");
            throw new UnreachableException();
        }

        private Task<AwsSession> SessionAsync() => AwsSession.OpenAsync(
            new AwsSessionOptions
            {
                Region = Region,
                Variable = name => name switch
                {
                    "AWS_ENDPOINT_URL" => Server.Endpoint.ToString(),
                    "AWS_ACCESS_KEY_ID" => "AKIAIOSFODNN7EXAMPLE",
                    "AWS_SECRET_ACCESS_KEY" => "specs",
                    _ => null,
                },
                Time = TimeProvider.System,
                Random = new Random(1),
            },
            CancellationToken.None);

        private sealed class Known(RegistryAccess? access) : IRegistryCredentials
        {
            public Task<RegistryAccess?> FindAsync(string host, CancellationToken cancel) => Task.FromResult(access);
        }
    }
}
