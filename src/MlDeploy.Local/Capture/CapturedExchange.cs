namespace MlDeploy.Local.Capture;

/// <summary>One request and its answer, as they were on the wire.</summary>
/// <param name="Step">Which step the request was placed in.</param>
/// <param name="RequestEncoding">Its Content-Encoding; empty for none.</param>
/// <param name="Answered">With 2xx: the response should hold predictions.</param>
internal sealed record CapturedExchange(ArmCapture Arm, int Step, RentedBytes Request, string RequestEncoding, RentedBytes Response, string ResponseEncoding, bool Answered)
{
    public int Bytes => Request.Buffer.Length + Response.Buffer.Length;

    public void Return()
    {
        Request.Return();
        Response.Return();
    }
}
