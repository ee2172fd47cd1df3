namespace MlDeploy.Aws.Clients.Calling;

/// <summary>One finished call, as `--verbose` tells it.</summary>
/// <param name="Status">The last HTTP status; 0 without an answer.</param>
/// <param name="Duration">With retries and waits.</param>
/// <param name="ErrorCode">Null for a call that succeeded.</param>
public sealed record AwsCall(AwsService Service, string Action, int Status, TimeSpan Duration, string? RequestId, int Attempts, string? ErrorCode)
{
    public override string ToString() =>
        $"{Service}.{Action} {(Status == 0 ? "no answer" : Status)}{(ErrorCode is null ? "" : $" {ErrorCode}")} in {Duration.TotalMilliseconds:0} ms{(Attempts == 1 ? "" : $", attempt {Attempts}")}{(RequestId is null ? "" : $", request {RequestId}")}";
}
