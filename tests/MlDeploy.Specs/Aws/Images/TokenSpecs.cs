using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Aws.Images.Fixture;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>The flow of tokens that Docker Hub, GitHub and GitLab use, played by a registry of a few lines.</summary>
public sealed class TokenSpecs
{
    [Fact]
    public async Task A_challenge_for_a_token_is_answered_with_the_login_and_the_scope_it_names()
    {
        using var registry = new TokenRegistry();
        using var given = new Delivering { Credentials = registry };

        var missing = await given.FailsAsync($"{registry.Host}/fraud:1", "unused/unused");

        Assert.Contains("there is no image", missing.Message, StringComparison.Ordinal);
        Assert.Contains("/token?service=specs&scope=repository%3Afraud%3Apull%2Cpush Basic YWRhOnNlY3JldA==", registry.Seen);
        Assert.Contains("/v2/fraud/manifests/1 Bearer granted", registry.Seen);
    }

    [Fact]
    public async Task A_token_that_is_not_given_ends_it_without_telling_the_password()
    {
        using var registry = new TokenRegistry { Refuses = true };
        using var given = new Delivering { Credentials = registry };

        var refused = await given.FailsAsync($"{registry.Host}/fraud:1", "unused/unused");

        Assert.Equal(ExitCode.TargetFailed, refused.ExitCode);
        Assert.Contains("gives no token", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_are_not_sent_where_a_stranger_could_read_them()
    {
        using var registry = new TokenRegistry { Realm = "http://token.example/token" };
        using var given = new Delivering { Credentials = registry };

        var refused = await given.FailsAsync($"{registry.Host}/fraud:1", "unused/unused");

        Assert.Contains("without encryption", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(registry.Seen, seen => seen.Contains("Basic", StringComparison.Ordinal));
    }

    private sealed class TokenRegistry : IRegistryCredentials, IDisposable
    {
        private readonly HttpListener listener = new();

        public TokenRegistry()
        {
            Host = $"127.0.0.1:{DockerRegistry.FreePort()}";
            Realm = $"http://{Host}/token";
            listener.Prefixes.Add($"http://{Host}/");
            listener.Start();
            _ = ServeAsync();
        }

        public string Host { get; }
        public string Realm { get; init; }
        public bool Refuses { get; init; }
        public ConcurrentQueue<string> Seen { get; } = [];

        public Task<RegistryAccess?> FindAsync(string host, CancellationToken cancel) => Task.FromResult<RegistryAccess?>(new RegistryAccess(new Uri($"http://{Host}"), "ada", "secret"));

        public void Dispose() => listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    Answer(await listener.GetContextAsync());
                }
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private void Answer(HttpListenerContext context)
        {
            var (request, response) = (context.Request, context.Response);
            var authorization = request.Headers["Authorization"];
            Seen.Enqueue($"{request.RawUrl} {authorization}");
            if (request.Url!.AbsolutePath == "/token")
            {
                response.StatusCode = Refuses ? 401 : 200;
                response.OutputStream.Write(Encoding.UTF8.GetBytes("""{ "token": "granted", "expires_in": 300 }"""));
            }
            else if (authorization == "Bearer granted")
            {
                response.StatusCode = 404;
            }
            else
            {
                response.StatusCode = 401;
                response.AddHeader("WWW-Authenticate", $"Bearer realm=\"{Realm}\",service=\"specs\",scope=\"repository:fraud:pull,push\"");
            }

            response.Close();
        }
    }
}
