using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.Specs.Aws.Peers;

/// <summary>
/// The official `aws` program against one endpoint. Starting Python and loading the program takes most of a call's time, so where its
/// package can be imported one interpreter stays and runs the program's own main function for each call; else each call starts the
/// program found on the path.
/// </summary>
internal sealed class AwsProgram(string endpoint) : IAsyncDisposable
{
    private const string Worker = """
        import contextlib, io, json, sys
        from awscli.clidriver import create_clidriver
        answers = sys.stdout
        print("ready", file=answers, flush=True)
        for line in sys.stdin:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code = create_clidriver().main(json.loads(line))
                except SystemExit as end:
                    code = end.code
            print(json.dumps({"code": code or 0, "out": out.getvalue(), "err": err.getvalue()}), file=answers, flush=True)
        """;

    private readonly SemaphoreSlim gate = new(1);
    private Process? worker;
    private bool importable = true;

    /// <returns>Exit code, what was printed, and what was said.</returns>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        // Named on the command line, not in the environment: for SQS this program prefers its own old host name to the latter.
        string[] all = [.. arguments, "--endpoint-url", endpoint];
        await gate.WaitAsync();
        try
        {
            return await WorkerAsync() is { } interpreter ? await AskAsync(interpreter, all) : await StartAsync(all);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (worker is not null)
        {
            worker.StandardInput.Close();
            await worker.WaitForExitAsync();
            worker.Dispose();
        }

        gate.Dispose();
    }

    /// <returns>Null where Python or the package is missing.</returns>
    private async Task<Process?> WorkerAsync()
    {
        if (worker is null && importable)
        {
            var started = Peer.Find("python3") is { } python ? Start(python, ["-c", Worker]) : null;
            importable = started is not null && await started.StandardOutput.ReadLineAsync() == "ready";
            worker = importable ? started : null;
        }

        return worker;
    }

    private static async Task<(int Code, string Output, string Error)> AskAsync(Process interpreter, string[] arguments)
    {
        await interpreter.StandardInput.WriteLineAsync(JsonSerializer.Serialize(arguments));
        await interpreter.StandardInput.FlushAsync();
        var answer = JsonNode.Parse(await interpreter.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"aws {string.Join(' ', arguments)} ended its interpreter: {await interpreter.StandardError.ReadToEndAsync()}"))!;
        return ((int)answer["code"]!, (string)answer["out"]!, (string)answer["err"]!);
    }

    private static async Task<(int Code, string Output, string Error)> StartAsync(string[] arguments)
    {
        using var process = Start(Peer.Find("aws") ?? throw new InvalidOperationException("aws, the official command line, is not on the path"), arguments);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "twin";
        start.Environment["AWS_REGION"] = start.Environment["AWS_DEFAULT_REGION"] = "eu-central-1";
        start.Environment["AWS_DEFAULT_OUTPUT"] = "json";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_PAGER"] = "";
        return Process.Start(start)!;
    }
}
