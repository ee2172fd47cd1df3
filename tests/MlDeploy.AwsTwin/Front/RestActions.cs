namespace MlDeploy.AwsTwin.Front;

/// <summary>Action names of the protocols that say them by method and path. Unknown ones are named by method and path.</summary>
internal static class RestActions
{
    private static readonly string[] BucketSettings =
        ["policy", "versioning", "encryption", "tagging", "lifecycle", "publicAccessBlock", "ownershipControls", "location", "acl", "cors", "logging", "notification", "website", "versions", "uploads", "object-lock", "policyStatus", "replication", "accelerate", "requestPayment"];

    public static string OfRestJson(TwinRequest request)
    {
        var parts = request.Path.Trim('/').Split('/');
        return (request.Service, request.Method, parts) switch
        {
            ("scheduler", "POST", ["schedules", _]) => "CreateSchedule",
            ("scheduler", "GET", ["schedules", _]) => "GetSchedule",
            ("scheduler", "PUT", ["schedules", _]) => "UpdateSchedule",
            ("scheduler", "DELETE", ["schedules", _]) => "DeleteSchedule",
            ("scheduler", "GET", ["schedules"]) => "ListSchedules",
            ("scheduler", "POST", ["schedule-groups", _]) => "CreateScheduleGroup",
            ("scheduler", "GET", ["schedule-groups", _]) => "GetScheduleGroup",
            ("scheduler", "DELETE", ["schedule-groups", _]) => "DeleteScheduleGroup",
            ("scheduler", "GET", ["schedule-groups"]) => "ListScheduleGroups",
            ("scheduler", "GET", ["tags", ..]) => "ListTagsForResource",
            ("scheduler", "POST", ["tags", ..]) => "TagResource",
            ("scheduler", "DELETE", ["tags", ..]) => "UntagResource",
            _ => $"{request.Method} {request.Path}",
        };
    }

    /// <summary>Path-style or virtual-host-style; the distinction of bucket and object is what matters to faults and counting.</summary>
    public static string OfS3(TwinRequest request)
    {
        var host = request.Headers.Host.ToString();
        var virtualHosted = host.Contains(".s3.", StringComparison.Ordinal) || host.StartsWith("s3.", StringComparison.Ordinal) is false && host.Split(':')[0].EndsWith(".localhost", StringComparison.Ordinal);
        var parts = request.Path.Trim('/').Split('/', 2, StringSplitOptions.RemoveEmptyEntries);
        var depth = parts.Length + (virtualHosted ? 1 : 0);
        var setting = BucketSettings.FirstOrDefault(request.Query.ContainsKey);
        var verb = request.Method switch { "GET" => "Get", "HEAD" => "Head", "PUT" => "Put", "DELETE" => "Delete", _ => "Post" };
        return depth switch
        {
            0 => "ListBuckets",
            1 when setting == "versions" => "ListObjectVersions",
            1 when setting == "uploads" => "ListMultipartUploads",
            1 when setting is not null => $"{verb}Bucket{char.ToUpperInvariant(setting[0])}{setting[1..]}",
            1 when request.Query.ContainsKey("delete") => "DeleteObjects",
            1 => request.Method switch { "GET" => "ListObjectsV2", "HEAD" => "HeadBucket", "PUT" => "CreateBucket", "DELETE" => "DeleteBucket", _ => "PostBucket" },
            _ when request.Query.ContainsKey("uploadId") => request.Method switch { "PUT" => "UploadPart", "POST" => "CompleteMultipartUpload", "DELETE" => "AbortMultipartUpload", _ => "ListParts" },
            _ when setting == "uploads" => "CreateMultipartUpload",
            _ when setting == "tagging" => $"{verb}ObjectTagging",
            _ => $"{verb}Object",
        };
    }
}
