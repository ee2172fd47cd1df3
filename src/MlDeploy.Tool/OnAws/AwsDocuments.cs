using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MlDeploy.Aws.Permissions;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Tool.OnAws.Planning;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy/provisioned/v1`</summary>
internal sealed record ProvisionedDocument(string Application, string Target, ImmutableArray<ProvisionedEntry> Stacks);

internal sealed record ProvisionedEntry(string Kind, string Name, StackResult Result, ImmutableSortedDictionary<string, string> Outputs);

/// <summary>`mldeploy/destroyed-stacks/v1`</summary>
/// <param name="Kept">What is left on purpose, and how to delete it.</param>
internal sealed record DestroyedStacksDocument(string Application, ImmutableArray<string> Deleted, ImmutableArray<KeptThing> Kept);

internal sealed record KeptThing(string What, string Remedy);

/// <summary>`mldeploy/aws-doctor/v1`</summary>
/// <param name="Policies">Of a role that may do what mldeploy does and no more; empty without a manifest.</param>
/// <param name="GitHubTrust">Null where no repository is known.</param>
internal sealed record AwsDoctorDocument(bool Healthy, ImmutableArray<Finding> Findings, ImmutableArray<PolicyDocument> Policies, JsonObject? GitHubTrust);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnum<StackResult>), typeof(CamelCaseEnum<Purpose>)])]
[JsonSerializable(typeof(ProvisionedDocument))]
[JsonSerializable(typeof(DestroyedStacksDocument))]
[JsonSerializable(typeof(AwsStatus))]
[JsonSerializable(typeof(AwsMetricsDocument))]
[JsonSerializable(typeof(AwsDashboardDocument))]
[JsonSerializable(typeof(AwsDoctorDocument))]
[JsonSerializable(typeof(AwsSteeredDocument))]
[JsonSerializable(typeof(AwsHistoryDocument))]
internal sealed partial class AwsDocuments : JsonSerializerContext;
