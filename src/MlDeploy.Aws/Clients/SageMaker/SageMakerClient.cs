using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.SageMaker;

/// <summary>Amazon SageMaker: notebooks and training jobs.</summary>
public sealed class SageMakerClient
{
    private readonly ServiceCaller caller;

    internal SageMakerClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeNotebookInstanceResponse> DescribeNotebookInstanceAsync(DescribeNotebookInstanceRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task StartNotebookInstanceAsync(StartNotebookInstanceRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task StopNotebookInstanceAsync(StopNotebookInstanceRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<CreatePresignedNotebookInstanceUrlResponse> CreatePresignedNotebookInstanceUrlAsync(CreatePresignedNotebookInstanceUrlRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<CreateTrainingJobResponse> CreateTrainingJobAsync(CreateTrainingJobRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeTrainingJobResponse> DescribeTrainingJobAsync(DescribeTrainingJobRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task StopTrainingJobAsync(StopTrainingJobRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListTrainingJobsResponse> ListTrainingJobsAsync(ListTrainingJobsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<TrainingJobSummary> TrainingJobsAsync(ListTrainingJobsRequest request, CancellationToken stop) => Pages.All(
        token => ListTrainingJobsAsync(request with { NextToken = token }, stop),
        page => page.TrainingJobSummaries,
        page => page.NextToken);
}
