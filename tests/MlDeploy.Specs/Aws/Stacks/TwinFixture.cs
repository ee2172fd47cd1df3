using System.Collections.Concurrent;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.AwsTwin;
using MlDeploy.AwsTwin.Faults;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>One twin for all specs of stacks: faults are the twin's as a whole, so these run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnTheTwin : ICollectionFixture<TwinFixture>
{
    public const string Name = "stacks on the twin";
}

/// <summary>A twin whose minutes are a second long.</summary>
public sealed class TwinFixture : IAsyncLifetime
{
    private const double Speed = 60;

    internal TwinServer Twin { get; private set; } = null!;

    /// <summary>Of a client on this twin.</summary>
    internal string? Variable(string name) => name switch
    {
        "AWS_ENDPOINT_URL" => Twin.Endpoint.ToString(),
        "AWS_ACCESS_KEY_ID" => "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY" => "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_REGION" => "eu-central-1",
        "PATH" => Environment.GetEnvironmentVariable("PATH"),
        "HOME" => Path.GetTempPath(),
        _ => null,
    };

    public async ValueTask InitializeAsync()
    {
        var application = Path.Combine(AppContext.BaseDirectory, "MlDeploy.TestApp");
        Twin = await TwinServer.StartAsync(new TwinOptions
        {
            Speed = Speed,
            Images =
            [
                new("*broken*", "echo 'model.bin is not here'; exit 3"),
                new("*", $"exec {application}"),
            ],
        });
    }

    public ValueTask DisposeAsync() => Twin.DisposeAsync();

    internal Task<AwsSession> SessionAsync() => AwsSession.OpenAsync(
        new AwsSessionOptions
        {
            Region = "eu-central-1",
            Variable = Variable,
            Time = TimeProvider.System,
            Random = new Random(1),
            Retries = new() { FirstDelay = TimeSpan.FromMilliseconds(5), LongestDelay = TimeSpan.FromMilliseconds(50), Attempts = 15 },
            Pace = new() { PerSecond = 1000, Burst = 1000 },
        },
        TestContext.Current.CancellationToken);

    /// <summary>Faults for as long as the result is not disposed of.</summary>
    internal IDisposable With(FaultSettings faults)
    {
        Twin.Faults.Set(faults);
        return new Healing(Twin);
    }

    private sealed class Healing(TwinServer twin) : IDisposable
    {
        public void Dispose() => twin.Faults.Set(new FaultSettings());
    }
}

/// <summary>Keeps what was told.</summary>
internal sealed class Told : IProgress<ProvisioningNews>
{
    private readonly ConcurrentQueue<string> lines = new();

    public IEnumerable<string> Lines => lines;

    public void Report(ProvisioningNews value) => lines.Enqueue(value.Text);

    public override string ToString() => string.Join('\n', lines);
}
