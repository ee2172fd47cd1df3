using MlDeploy.Bench;
using MlDeploy.Bench.Gateway;
using MlDeploy.Bench.Journal;
using MlDeploy.Bench.Model;

// dotnet run -c Release --project bench/MlDeploy.Bench -- gateway [--rounds N] [--seconds S] [--rate R] [--assert]
// dotnet run -c Release --project bench/MlDeploy.Bench -- capture [--rounds N] [--seconds S] [--rate R] [--assert]
// dotnet run -c Release --project bench/MlDeploy.Bench -- soak-memory [--seconds S] [--rate R]
// dotnet run -c Release --project bench/MlDeploy.Bench -- journal [--entries N] [--folder PATH]
// dotnet run -c Release --project bench/MlDeploy.Bench -- tdigest [--seeds N] [--values N] [--assert]
// dotnet run -c Release --project bench/MlDeploy.Bench -- profile [--rows N] [--file PATH] [--postgresql-rows N] [--assert]
// dotnet run -c Release --project bench/MlDeploy.Bench -- make-data --file PATH [--rows N]
// dotnet run -c Release --project bench/MlDeploy.Bench -- all
// The other verbs are what the first three start in processes of their own.
var arguments = new Arguments(args.Skip(1));
return args.FirstOrDefault() switch
{
    "all" => new[] { await GatewayAsync(), await CaptureAsync(), await MemoryAsync(), await JournalAsync() }.Max(),
    "gateway" => await GatewayAsync(),
    "capture" => await CaptureAsync(),
    "soak-memory" => await MemoryAsync(),
    "journal" => await JournalAsync(),
    "tdigest" => await TDigestAsync(),
    "profile" => await ProfileAsync(),
    "make-data" => MakeData(),
    "serve-backend" => await Serving.BackendAsync(arguments),
    "serve-gateway" => await Serving.GatewayAsync(arguments),
    "serve-bare-forwarder" => await Serving.BareForwarderAsync(arguments),
    "serve-load" => await Serving.LoadAsync(arguments),
    _ => Usage(),
};

Task<int> GatewayAsync() => Measured.RunAsync("The gateway beside a bare forwarder, HAProxy and nginx", () => GatewayComparison.RunAsync(arguments));

Task<int> CaptureAsync() => Measured.RunAsync("The gateway with capture beside itself without", () => CaptureComparison.RunAsync(arguments));

Task<int> MemoryAsync() => Measured.RunAsync("The gateway's memory over a minute", () => MemorySoak.RunAsync(arguments));

Task<int> JournalAsync() => Measured.RunAsync("The journal", () => Task.FromResult(JournalCost.Run(arguments)));

Task<int> TDigestAsync() => Measured.RunAsync("The t-digest beside the reference implementation", () => TDigestComparison.RunAsync(arguments));

Task<int> ProfileAsync() => Measured.RunAsync("Data to a profile", () => Task.FromResult(ProfileSpeed.Run(arguments)));

int MakeData()
{
    BigFile.Write(arguments.Text("--file") ?? "data.csv", arguments.Number("--rows", 10_000_000));
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: all | gateway [--rounds N] [--seconds S] [--rate R] [--assert] | capture [--rounds N] [--seconds S] [--rate R] [--assert] | soak-memory [--seconds S] [--rate R] | journal [--entries N] [--folder PATH] | tdigest [--seeds N] [--values N] [--assert] | profile [--rows N] [--file PATH] [--postgresql-rows N] [--assert] | make-data --file PATH [--rows N]");
    return 3;
}
