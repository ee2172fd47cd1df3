using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

internal abstract class S3Handler(string type) : ResourceHandler($"AWS::S3::{type}")
{
    protected static async Task PutAsync(ResourceWork work, string path, string body, string contentType, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        await work.Call.S3Async(HttpMethod.Put, path, content, cancel);
    }
}

internal sealed class BucketHandler() : S3Handler("Bucket")
{
    private const string Space = "http://s3.amazonaws.com/doc/2006-03-01/";

    public override string NameProperty => "BucketName";

    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var name = work.Name("BucketName", 63, lower: true);
        var body = work.Region == "us-east-1" ? "" : new XElement(XName.Get("CreateBucketConfiguration", Space), Element("LocationConstraint", work.Region)).ToString();
        KeyValuePair<string, string>[] headers = work.Properties.Flag("ObjectLockEnabled") == true ? [new("x-amz-bucket-object-lock-enabled", "true")] : [];
        using (var content = new StringContent(body, Encoding.UTF8, "application/xml"))
        {
            await work.Call.S3Async(HttpMethod.Put, $"/{name}", content, cancel, headers);
        }

        var made = new Made(name, Attributes(
            ("Arn", $"arn:{TwinAccount.Partition}:s3:::{name}"), ("DomainName", $"{name}.s3.amazonaws.com"),
            ("RegionalDomainName", $"{name}.s3.{work.Region}.amazonaws.com"), ("DualStackDomainName", $"{name}.s3.dualstack.{work.Region}.amazonaws.com"),
            ("WebsiteURL", $"http://{name}.s3-website.{work.Region}.amazonaws.com")));
        work.Announce(made);
        await ApplyAsync(work, name, [], cancel);
        return made;
    }

    public override async Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel)
    {
        await ApplyAsync(work, work.Id, before, cancel);
        return new Made(work.Id, work.Attributes);
    }

    /// <summary>S3 refuses a bucket that is not empty, versions and delete markers counted.</summary>
    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => work.Call.S3Async(HttpMethod.Delete, $"/{work.Id}", null, cancel));

    private static async Task ApplyAsync(ResourceWork work, string name, JsonObject before, CancellationToken cancel)
    {
        foreach (var (property, setting, write) in Settings)
        {
            if (!ApiShape.Differs(before, work.Properties, property))
            {
                continue;
            }

            if (work.Properties[property] is JsonObject wanted)
            {
                await PutAsync(work, $"/{name}?{setting}", write(wanted).ToString(), "application/xml", cancel);
            }
            else if (setting == "versioning")
            {
                // Versioning cannot be taken off, only suspended.
                await PutAsync(work, $"/{name}?{setting}", Versioning(new JsonObject { ["Status"] = "Suspended" }).ToString(), "application/xml", cancel);
            }
            else
            {
                await work.Call.S3Async(HttpMethod.Delete, $"/{name}?{setting}", null, cancel);
            }
        }

        var tags = new XElement(XName.Get("Tagging", Space), new XElement(XName.Get("TagSet", Space),
            // Only S3 itself may set tags of its own kind; CloudFormation does so from inside.
            work.Tags.Where(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal)).Select(tag => new XElement(XName.Get("Tag", Space), Element("Key", tag.Key), Element("Value", tag.Value)))));
        await PutAsync(work, $"/{name}?tagging", tags.ToString(), "application/xml", cancel);
    }

    private static readonly (string Property, string Setting, Func<JsonObject, XElement> Write)[] Settings =
    [
        ("VersioningConfiguration", "versioning", Versioning),
        ("BucketEncryption", "encryption", Encryption),
        ("PublicAccessBlockConfiguration", "publicAccessBlock", fields => Plain("PublicAccessBlockConfiguration", fields)),
        ("OwnershipControls", "ownershipControls", fields => Listed("OwnershipControls", "Rules", "Rule", fields)),
        ("LifecycleConfiguration", "lifecycle", Lifecycle),
    ];

    private static XElement Versioning(JsonObject fields) => Plain("VersioningConfiguration", fields);

    private static XElement Encryption(JsonObject fields) => new(XName.Get("ServerSideEncryptionConfiguration", Space),
        fields.Objects("ServerSideEncryptionConfiguration").Select(rule =>
        {
            var element = new XElement(XName.Get("Rule", Space));
            if (rule["ServerSideEncryptionByDefault"] is JsonObject byDefault)
            {
                element.Add(new XElement(XName.Get("ApplyServerSideEncryptionByDefault", Space),
                    Element("SSEAlgorithm", byDefault.Text("SSEAlgorithm")), byDefault.Text("KMSMasterKeyID") is { } key ? Element("KMSMasterKeyID", key) : null));
            }

            element.Add(rule.Text("BucketKeyEnabled") is { } bucketKey ? Element("BucketKeyEnabled", bucketKey) : null);
            return element;
        }));

    private static XElement Lifecycle(JsonObject fields) => new(XName.Get("LifecycleConfiguration", Space), fields.Objects("Rules").Select((rule, at) =>
    {
        var element = new XElement(XName.Get("Rule", Space), Element("ID", rule.Text("Id") ?? $"rule-{at + 1}"), new XElement(XName.Get("Filter", Space), Element("Prefix", rule.Text("Prefix") ?? "")), Element("Status", rule.Text("Status")));
        if (rule.Text("ExpirationInDays") is { } days)
        {
            element.Add(new XElement(XName.Get("Expiration", Space), Element("Days", days)));
        }

        if ((rule.Object("NoncurrentVersionExpiration").Text("NoncurrentDays") ?? rule.Text("NoncurrentVersionExpirationInDays")) is { } noncurrent)
        {
            element.Add(new XElement(XName.Get("NoncurrentVersionExpiration", Space), Element("NoncurrentDays", noncurrent)));
        }

        if (rule.Object("AbortIncompleteMultipartUpload").Text("DaysAfterInitiation") is { } initiated)
        {
            element.Add(new XElement(XName.Get("AbortIncompleteMultipartUpload", Space), Element("DaysAfterInitiation", initiated)));
        }

        foreach (var transition in rule.Objects("Transitions"))
        {
            element.Add(new XElement(XName.Get("Transition", Space), Element("Days", transition.Text("TransitionInDays")), Element("StorageClass", transition.Text("StorageClass"))));
        }

        return element;
    }));

    private static XElement Plain(string name, JsonObject fields) => new(XName.Get(name, Space), fields.Select(field => Element(field.Key, fields.Text(field.Key))));

    private static XElement Listed(string name, string list, string each, JsonObject fields) => new(XName.Get(name, Space),
        fields.Objects(list).Select(item => Plain(each, item)));

    private static XElement Element(string name, string? value) => new(XName.Get(name, Space), value);
}

internal sealed class BucketPolicyHandler() : S3Handler("BucketPolicy")
{
    public override async Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel)
    {
        var bucket = work.Text("Bucket")!;
        if (Understood(JsonNode.Parse(ApiShape.Document(work.Properties["PolicyDocument"]!))!.AsObject()) is { } policy)
        {
            await PutAsync(work, $"/{bucket}?policy", policy.ToJsonString(ApiShape.PlainJson), "application/json", cancel);
        }

        return new Made(bucket, []);
    }

    /// <summary>
    /// Without the statements that deny under a condition: moto takes every condition for met, and would deny everything to
    /// everybody. Null when nothing is left.
    /// </summary>
    private static JsonObject? Understood(JsonObject policy)
    {
        var kept = policy.Objects("Statement").Where(statement => statement.Text("Effect") != "Deny" || statement["Condition"] is null).Select(statement => (JsonNode)statement.DeepClone()).ToArray();
        policy["Statement"] = new JsonArray(kept);
        return kept.Length > 0 ? policy : null;
    }

    public override Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel) => CreateAsync(work, cancel);

    public override Task DeleteAsync(ResourceWork work, CancellationToken cancel) => UnlessGone(() => work.Call.S3Async(HttpMethod.Delete, $"/{work.Id}?policy", null, cancel));
}
