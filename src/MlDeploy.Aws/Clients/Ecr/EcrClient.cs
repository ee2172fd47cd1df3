using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Ecr;

/// <summary>Amazon Elastic Container Registry.</summary>
public sealed class EcrClient
{
    private readonly ServiceCaller caller;

    internal EcrClient(ServiceCaller caller) => this.caller = caller;

    public Task<DescribeRepositoriesResponse> DescribeRepositoriesAsync(DescribeRepositoriesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task DeleteRepositoryAsync(DeleteRepositoryRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetAuthorizationTokenResponse> GetAuthorizationTokenAsync(GetAuthorizationTokenRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeImagesResponse> DescribeImagesAsync(DescribeImagesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<BatchGetImageResponse> BatchGetImageAsync(BatchGetImageRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListImagesResponse> ListImagesAsync(ListImagesRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<BatchDeleteImageResponse> BatchDeleteImageAsync(BatchDeleteImageRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<DescribeImageScanFindingsResponse> DescribeImageScanFindingsAsync(DescribeImageScanFindingsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<ImageIdentifier> ImagesAsync(string repositoryName, CancellationToken stop) => Pages.All(
        token => ListImagesAsync(new ListImagesRequest { RepositoryName = repositoryName } with { NextToken = token }, stop),
        page => page.ImageIds,
        page => page.NextToken);
}
