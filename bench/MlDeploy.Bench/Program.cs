using MlDeploy.Bench;
using MlDeploy.Bench.Gateway;
using MlDeploy.Bench.Journal;

// dotnet run -c Release --project bench/MlDeploy.Bench -- gateway [--rounds N] [--seconds S] [--rate R] [--assert]
// dotnet run -c Release --project bench/MlDeploy.Bench -- soak-memory [--seconds S] [--rate R]
// dotnet run -c Release --project bench/MlDeploy.Bench -- journal [--entries N] [--folder PATH]
// The other verbs are what these two start in processes of their own.
var arguments = new Arguments(args.Skip(1));
return args.FirstOrDefault() switch
{
    "gateway" => await GatewayComparison.RunAsync(arguments),
    "soak-memory" => await MemorySoak.RunAsync(arguments),
    "journal" => JournalCost.Run(arguments),
    "serve-backend" => await Serving.BackendAsync(arguments),
    "serve-gateway" => await Serving.GatewayAsync(arguments),
    "serve-bare-forwarder" => await Serving.BareForwarderAsync(arguments),
    "serve-load" => await Serving.LoadAsync(arguments),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: gateway [--rounds N] [--seconds S] [--rate R] [--assert] | soak-memory [--seconds S] [--rate R] | journal [--entries N] [--folder PATH]");
    return 3;
}
