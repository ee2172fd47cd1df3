using System.Runtime.InteropServices;
using MlDeploy.AwsTwin;

var options = TwinArguments.Parse(args, out var problem);
if (options is null)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(TwinArguments.Usage);
    return 3;
}

using var ended = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

await using var twin = await TwinServer.StartAsync(options, ended.Token);
Console.WriteLine($"""
    export AWS_ENDPOINT_URL={twin.Endpoint.GetLeftPart(UriPartial.Authority)}
    export AWS_ACCESS_KEY_ID=twin AWS_SECRET_ACCESS_KEY=twin AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1
    export MLDEPLOY_REHEARSAL_CLOCK={twin.RehearsalClock}
    """);
await Task.Delay(Timeout.Infinite, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
return 0;

void End(PosixSignalContext context)
{
    context.Cancel = true;
    ended.Cancel();
}
