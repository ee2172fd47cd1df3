using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Ecr;

public sealed record DescribeImagesRequest : IAwsRequest<DescribeImagesResponse>
{
    public required string RepositoryName { get; init; }

    /// <summary>Asked for one that is not there, the whole call fails with ImageNotFoundException.</summary>
    public ImmutableArray<ImageIdentifier> ImageIds { get; init; } = [];

    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeImagesResponse
{
    public ImmutableArray<ImageDetail> ImageDetails { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record ImageIdentifier
{
    public string? ImageDigest { get; init; }
    public string? ImageTag { get; init; }
}

public sealed record ImageDetail
{
    public string? RegistryId { get; init; }
    public string? RepositoryName { get; init; }
    public required string ImageDigest { get; init; }
    public ImmutableArray<string> ImageTags { get; init; } = [];
    public long? ImageSizeInBytes { get; init; }
    public DateTimeOffset? ImagePushedAt { get; init; }
    public ImageScanStatus? ImageScanStatus { get; init; }
    public string? ImageManifestMediaType { get; init; }
}

public sealed record ImageScanStatus
{
    public string? Status { get; init; }
    public string? Description { get; init; }
}

public sealed record BatchGetImageRequest : IAwsRequest<BatchGetImageResponse>
{
    /// <summary>The account whose registry it is; null: one's own.</summary>
    public string? RegistryId { get; init; }

    public required string RepositoryName { get; init; }
    public required ImmutableArray<ImageIdentifier> ImageIds { get; init; }
    public ImmutableArray<string> AcceptedMediaTypes { get; init; } = [];
}

public sealed record BatchGetImageResponse
{
    public ImmutableArray<Image> Images { get; init; } = [];
    public ImmutableArray<ImageFailure> Failures { get; init; } = [];
}

public sealed record Image
{
    public string? RegistryId { get; init; }
    public string? RepositoryName { get; init; }
    public ImageIdentifier? ImageId { get; init; }
    public string? ImageManifest { get; init; }
    public string? ImageManifestMediaType { get; init; }
}

public sealed record ImageFailure
{
    public ImageIdentifier? ImageId { get; init; }
    public string? FailureCode { get; init; }
    public string? FailureReason { get; init; }
}

public sealed record ListImagesRequest : IAwsRequest<ListImagesResponse>
{
    public required string RepositoryName { get; init; }
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record ListImagesResponse
{
    public ImmutableArray<ImageIdentifier> ImageIds { get; init; } = [];
    public string? NextToken { get; init; }
}

public sealed record BatchDeleteImageRequest : IAwsRequest<BatchDeleteImageResponse>
{
    public required string RepositoryName { get; init; }
    public required ImmutableArray<ImageIdentifier> ImageIds { get; init; }
}

public sealed record BatchDeleteImageResponse
{
    public ImmutableArray<ImageIdentifier> ImageIds { get; init; } = [];
    public ImmutableArray<ImageFailure> Failures { get; init; } = [];
}

public sealed record DescribeImageScanFindingsRequest : IAwsRequest<DescribeImageScanFindingsResponse>
{
    public required string RepositoryName { get; init; }
    public required ImageIdentifier ImageId { get; init; }
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

public sealed record DescribeImageScanFindingsResponse
{
    public ImageScanStatus? ImageScanStatus { get; init; }
    public ImageScanFindings? ImageScanFindings { get; init; }
    public string? NextToken { get; init; }
}

public sealed record ImageScanFindings
{
    public ImmutableSortedDictionary<string, int> FindingSeverityCounts { get; init; } = ImmutableSortedDictionary<string, int>.Empty;
}
