using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.Ecr;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Stacks.Removal;

/// <param name="Remedy">How to delete it too.</param>
public sealed record Kept(string What, string Remedy);

/// <param name="Deleted">In the order in which it went.</param>
public sealed record RemovedApplication(ImmutableArray<string> Deleted, ImmutableArray<Kept> Kept);

/// <summary>
/// Deletes all that mldeploy made for an application, but keeps images and training data unless they are named. Each step looks first at
/// what is there, so that a run that was killed is gone on with by the next.
/// </summary>
public sealed class ApplicationRemoval
{
    private readonly AwsSession session;
    private readonly IProgress<ProvisioningNews> progress;
    private readonly StackProvisioner stacks;
    private readonly ImmutableArray<string>.Builder deleted = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<Kept>.Builder kept = ImmutableArray.CreateBuilder<Kept>();

    public ApplicationRemoval(AwsSession session, IProgress<ProvisioningNews> progress, StackHolder holder, TimeProvider clock, Random random, PollPace? pace = null)
    {
        this.session = session;
        this.progress = progress;
        stacks = new StackProvisioner(
            session.CloudFormation, progress, new ProvisioningOptions { Holder = holder, Schemas = _ => null, Pace = pace ?? PollPace.Default }, clock, random);
    }

    /// <summary>Also the registry with all images.</summary>
    public bool Images { get; init; }

    /// <summary>Also the training data, all versions.</summary>
    public bool Data { get; init; }

    public string? UnderWay => stacks.UnderWay;

    public string Waiting => stacks.Waiting;

    public async Task<RemovedApplication> RunAsync(string application, CancellationToken stop)
    {
        await ServingAsync(application, stop);
        await TrainingAsync(application, stop);
        await RegistryAsync(application, stop);
        return new RemovedApplication(deleted.ToImmutable(), kept.ToImmutable());
    }

    /// <summary>The training stack alone.</summary>
    public async Task<RemovedApplication> RunTrainingAsync(string application, CancellationToken stop)
    {
        await TrainingAsync(application, stop);
        return new RemovedApplication(deleted.ToImmutable(), kept.ToImmutable());
    }

    private async Task ServingAsync(string application, CancellationToken stop)
    {
        await StackAsync(StackNames.Of(application, StackKind.Application), stop);
        deleted.AddRange(await new Leftovers(session, progress).SweepAsync(application, stop));
    }

    private async Task TrainingAsync(string application, CancellationToken stop)
    {
        var name = StackNames.Of(application, StackKind.Training);
        var buckets = await HeldAsync(name, "AWS::S3::Bucket", stop);
        if (Data)
        {
            foreach (var bucket in buckets)
            {
                await BucketRemoval.DeleteAsync(session.S3, bucket, progress, stop);
                deleted.Add($"bucket {bucket} with all versions of its data");
            }

            await StackAsync(name, stop);
            return;
        }

        if (buckets.IsEmpty)
        {
            await StackAsync(name, stop);
            return;
        }

        if (await stacks.ReduceAsync(name, stop))
        {
            deleted.Add($"stack {name}, but for its data");
        }

        kept.AddRange(buckets.Select(bucket => new Kept($"training data in bucket {bucket}", $"`mldeploy destroy --target aws --confirm {application} --delete-data` deletes it")));
    }

    private async Task RegistryAsync(string application, CancellationToken stop)
    {
        var name = StackNames.Of(application, StackKind.Registry);
        var repositories = await HeldAsync(name, "AWS::ECR::Repository", stop);
        if (!Images && !repositories.IsEmpty)
        {
            kept.AddRange(repositories.Select(repository => new Kept($"images in repository {repository} (stack {name})", $"`mldeploy destroy --target aws --confirm {application} --delete-images` deletes them")));
            return;
        }

        foreach (var repository in repositories)
        {
            await DeleteRepositoryAsync(repository, stop);
        }

        await StackAsync(name, stop);
    }

    private async Task StackAsync(string name, CancellationToken stop)
    {
        if (await stacks.RemoveAsync(name, stop))
        {
            deleted.Add($"stack {name}");
        }
    }

    private async Task DeleteRepositoryAsync(string repository, CancellationToken stop)
    {
        try
        {
            await session.Ecr.DeleteRepositoryAsync(new DeleteRepositoryRequest { RepositoryName = repository, Force = true }, stop);
            progress.Report(new(NewsKind.Done, $"deleted repository {repository} with all images"));
            deleted.Add($"repository {repository} with all images");
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            // An earlier run came this far.
        }
    }

    /// <summary>Physical ids of one type in a stack, whatever state it is in; of what is still there.</summary>
    private async Task<ImmutableArray<string>> HeldAsync(string stack, string type, CancellationToken stop)
    {
        if (StackStates.Of((await session.CloudFormation.FindStackAsync(stack, stop))?.StackStatus) is StackState.Absent or StackState.Review)
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<string>();
        string? token = null;
        do
        {
            var page = await session.CloudFormation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = stack, NextToken = token }, stop);
            found.AddRange(page.StackResourceSummaries
                .Where(resource => resource.ResourceType == type && resource.ResourceStatus != "DELETE_COMPLETE" && !string.IsNullOrEmpty(resource.PhysicalResourceId))
                .Select(resource => resource.PhysicalResourceId!));
            token = page.NextToken;
        }
        while (!string.IsNullOrEmpty(token));

        return found.ToImmutable();
    }
}
