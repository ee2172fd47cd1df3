using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Aws.Deploying.Watching;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy status --target aws`</summary>
internal static class AwsStatusCommand
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var status = await new StatusReader(session).ReadAsync(name, context.Stop) ?? throw AwsAccess.NotProvisioned(name, StackNames.Of(name, StackKind.Application));
            status = await WithDeploymentsAsync(status, session, context);
            context.Results.Write("aws-status", status, AwsDocuments.Default.AwsStatus, (text, palette) => Write(status, text, palette, context.Clock));
            return ExitCode.Done;
        }
    }

    /// <summary>A stack that is being made, or a template of somebody's own, may not tell where deployments go: then there are none to show.</summary>
    private static async Task<AwsStatus> WithDeploymentsAsync(AwsStatus status, AwsSession session, CommandContext context)
    {
        if (status.Service is null || await StandingApplication.FindAsync(session, status.Name, context.Stop) is not { } standing || !DeploymentPlace.IsToldBy(standing))
        {
            return status;
        }

        var place = DeploymentPlace.Of(standing);
        const int UnderWayAndLast = 2;
        return status with
        {
            Deployment = await new DeploymentStatusReader(session, place, context.Clock).ReadAsync(context.Stop),
            LastDeployment = (await new HistoryReader(session, place).ReadAsync(UnderWayAndLast, context.Stop)).FirstOrDefault(entry => entry.EndedAt is not null),
        };
    }

    private static void Write(AwsStatus status, TextWriter text, Palette palette, TimeProvider clock)
    {
        text.WriteLine($"{palette.Paint(Tone.Strong, status.Name)}  {status.Url ?? "no address yet"}  {status.Region}");
        var stacks = new Table("stack", "status", ">since", "reason");
        foreach (var stack in status.Stacks)
        {
            stacks.Add(stack.Name, new Cell(stack.Status, ToneOf(stack.Status)), Words.Of(Age(stack.Since, clock)), stack.Reason?.ReplaceLineEndings(" "));
        }

        stacks.Write(text, palette);
        if (status.Service is { } service)
        {
            text.WriteLine($"service {service.Name}: {service.Status}, {service.Running} of {service.Desired} tasks run{(service.Pending > 0 ? $", {service.Pending} start" : "")}");
            Groups(status, text, palette);
            Tasks(status, text, palette, clock);
        }

        DeploymentText.Write(status, text, palette, clock);
    }

    private static void Groups(AwsStatus status, TextWriter text, Palette palette)
    {
        var table = new Table("group", ">weight", "task definition", ">tasks", ">healthy", "image");
        foreach (var group in status.Groups)
        {
            var whole = group.Healthy == group.Targets.Length;
            table.Add(
                group.Group, Words.Percent(group.Weight), group.TaskDefinition, Number(group.Running),
                new Cell($"{group.Healthy}/{group.Targets.Length}", group.Targets.IsEmpty ? Tone.Quiet : whole ? Tone.Good : Tone.Bad), group.Image);
        }

        table.Write(text, palette);
        foreach (var target in status.Groups.SelectMany(group => group.Targets).Where(target => target.State is not "healthy" && target.Reason is not null))
        {
            text.WriteLine($"target {target.Address} is {target.State}: {target.Reason}");
        }
    }

    private static void Tasks(AwsStatus status, TextWriter text, Palette palette, TimeProvider clock)
    {
        if (status.Tasks.IsEmpty)
        {
            return;
        }

        var table = new Table("task", "task definition", "status", "address", ">since");
        foreach (var task in status.Tasks)
        {
            table.Add(task.Id, task.TaskDefinition, task.Status, task.Address, task.StartedAt is { } started ? Words.Of(Age(started, clock)) : null);
        }

        table.Write(text, palette);
    }

    private static TimeSpan Age(DateTimeOffset since, TimeProvider clock) => clock.GetUtcNow() - since is { Ticks: > 0 } age ? age : TimeSpan.Zero;

    private static Tone ToneOf(string status) => StackStates.Of(status) switch
    {
        StackState.Settled => status.Contains("ROLLBACK", StringComparison.Ordinal) ? Tone.Warning : Tone.Good,
        StackState.Busy or StackState.Review => Tone.Warning,
        _ => Tone.Bad,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
