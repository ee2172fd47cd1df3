namespace MlDeploy.Local.Gateway.Recording;

/// <summary>Requests and failures of a gateway's whole life, over all arms and those no arm could take.</summary>
internal sealed class GatewayCounters
{
    private long requests;
    private long failures;

    public void Count(bool failed)
    {
        Interlocked.Increment(ref requests);
        if (failed)
        {
            Interlocked.Increment(ref failures);
        }
    }

    public GatewayTotals Read()
    {
        var failed = Interlocked.Read(ref failures);
        return new GatewayTotals(Interlocked.Read(ref requests), failed);
    }
}
