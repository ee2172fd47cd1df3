using MlDeploy.AwsTwin.Clock;
using MlDeploy.AwsTwin.CodeDeploy;

namespace MlDeploy.AwsTwin.Front;

/// <summary>What every service of the twin is given.</summary>
/// <param name="Endpoint">The front door, which is open before any service is asked.</param>
/// <param name="Moto">What answers for a service that keeps its records there.</param>
/// <param name="Ending">Cancelled when the twin ends: stop loops and processes then.</param>
internal sealed record TwinContext(TwinOptions Options, Uri Endpoint, MotoForwarder Moto, TwinClock Clock, Random Random, CancellationToken Ending)
{
    /// <summary>A client of the front door, for a service that calls another.</summary>
    public TwinCaller Caller(string name, string region) => new(Endpoint, name, region);

    /// <summary>A client of moto itself: for a service that reads its own records there, which no denied permission may keep from it.</summary>
    public TwinCaller Records(string region) => new(Moto.Address, "records", region);
}

/// <summary>How a twin is started.</summary>
internal sealed record TwinOptions
{
    /// <summary>0 for any free one. Loopback always.</summary>
    public int Port { get; init; }

    /// <summary>Twin seconds per real second.</summary>
    public double Speed { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public string MotoCommand { get; init; } = "moto_server";

    /// <summary>Which local command stands for which container image; the first that matches counts.</summary>
    public IReadOnlyList<ImageCommand> Images { get; init; } = [];

    /// <summary>Twin seconds that making or deleting one resource of a type takes, over the built-in ones.</summary>
    public IReadOnlyDictionary<string, double> ResourceSeconds { get; init; } = new Dictionary<string, double>();

    public DeploymentManners Deployments { get; init; } = new();
}

/// <param name="Pattern">An image reference with `*` for any text.</param>
/// <param name="Command">Run by `/bin/sh -c`, told its port in `$PORT`.</param>
internal sealed record ImageCommand(string Pattern, string Command);
