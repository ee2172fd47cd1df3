using System.Net;
using System.Net.Sockets;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnLocal;

/// <summary>Looks before a deployment does: each finding says what is, and what to do where that is not enough.</summary>
internal static class Doctor
{
    private const long LittleSpace = 1L << 30;

    public static async Task<IEnumerable<Finding>> MachineAsync(CommandContext context)
    {
        var environment = LocalTarget.Environment(context);
        return [
            new Finding("mldeploy", $"{ToolVersion.Text} on .NET {Environment.Version}", null),
            State(environment),
            Space(environment),
            await HostAsync(environment, context),
        ];
    }

    public static async Task<IEnumerable<Finding>> ManifestAsync(ManifestResult read, string target, CommandContext context)
    {
        if (read.Manifest is not { } manifest)
        {
            return [new Finding("manifest", $"{read.Problems.Length} problems", "run `mldeploy validate`: it tells each with its remedy")];
        }

        var refused = NotBuilt.RefusedAtUse(manifest, target, read.Origins);
        return [
            new Finding("manifest", $"{manifest.Name}, version {manifest.Version}", null),
            .. refused.Select(problem => new Finding(problem.Path, problem.Message, problem.Remedy)),
            .. Command(manifest, context),
            .. manifest.Application.Secrets.Where(secret => secret.Value.Source == SecretSource.Env).Select(secret => Secret(secret.Key, secret.Value, context)),
            await AddressAsync(manifest, context),
        ];
    }

    private static Finding State(HostEnvironment environment)
    {
        try
        {
            environment.Paths.CreateHostFolders();
            var probe = Path.Combine(environment.Paths.HostFolder, $"doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "can be written");
            File.Delete(probe);
            return new Finding("state folder", environment.Paths.Root, null);
        }
        catch (ExpectedException failure)
        {
            return new Finding("state folder", failure.Message, failure.Remedy);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Finding("state folder", failure.Message, "free space on its disk or make it writable, or name another place in MLDEPLOY_STATE");
        }
    }

    private static Finding Space(HostEnvironment environment)
    {
        var folder = environment.Paths.Root;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        var free = new DriveInfo(folder).AvailableFreeSpace;
        return new Finding("disk", $"{free >> 20} MiB free for snapshots, journals and logs", free < LittleSpace ? "free at least 1 GiB, or name another place in MLDEPLOY_STATE" : null);
    }

    private static async Task<Finding> HostAsync(HostEnvironment environment, CommandContext context)
    {
        try
        {
            using var client = await HostStarter.FindAsync(environment, context.Stop);
            return client is null
                ? new Finding("host", "does not run; a command that needs it starts it", null)
                : new Finding("host", $"runs as process {(await client.HostAsync(context.Stop)).ProcessId}", null);
        }
        catch (ExpectedException failure)
        {
            return new Finding("host", failure.Message, failure.Remedy);
        }
    }

    private static IEnumerable<Finding> Command(AppManifest manifest, CommandContext context)
    {
        if (manifest.Application.Command is not [var program, ..])
        {
            yield break;
        }

        Finding finding;
        try
        {
            finding = new Finding(
                "application.command", CommandLookup.Find(program, manifest.Application.WorkingDirectory, LocalTarget.BaseEnvironment(context)), null);
        }
        catch (ExpectedException missing)
        {
            finding = new Finding("application.command", missing.Message, missing.Remedy);
        }

        yield return finding;
    }

    private static Finding Secret(string name, SecretReference secret, CommandContext context) => context.Surroundings.Variable(secret.Key) is null
        ? new Finding($"application.secrets.{name}", $"the environment has no {secret.Key}", "set it where mldeploy runs; in a pipeline, as a masked variable")
        : new Finding($"application.secrets.{name}", $"{secret.Key} is set", null);

    private static async Task<Finding> AddressAsync(AppManifest manifest, CommandContext context)
    {
        var listen = manifest.Targets.Local.Listen;
        using var client = await HostStarter.FindAsync(LocalTarget.Environment(context), context.Stop);
        if (client is not null && (await client.HostAsync(context.Stop)).Applications.Contains(manifest.Name))
        {
            return new Finding("targets.local.listen", $"{listen}, held by this application's gateway", null);
        }

        if (!IPEndPoint.TryParse(listen, out var address))
        {
            return new Finding("targets.local.listen", listen, null);
        }

        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(address);
            return new Finding("targets.local.listen", $"{listen} is free", null);
        }
        catch (SocketException taken)
        {
            return new Finding("targets.local.listen", $"{listen} cannot be bound: {taken.Message}", $"end what holds it (`ss -ltnp` shows it), or choose another with --set targets.local.listen=127.0.0.1:{address.Port + 1}");
        }
    }
}
