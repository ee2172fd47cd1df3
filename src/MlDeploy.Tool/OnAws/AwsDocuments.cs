using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Tool.OnAws.Planning;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy/provisioned/v1`</summary>
internal sealed record ProvisionedDocument(string Application, string Target, ImmutableArray<ProvisionedEntry> Stacks);

internal sealed record ProvisionedEntry(string Kind, string Name, StackResult Result, ImmutableSortedDictionary<string, string> Outputs);

/// <summary>`mldeploy/destroyed-stacks/v1`</summary>
/// <param name="Kept">What is left on purpose, and how to delete it.</param>
internal sealed record DestroyedStacksDocument(string Application, ImmutableArray<string> Deleted, ImmutableArray<KeptThing> Kept);

internal sealed record KeptThing(string What, string Remedy);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnum<StackResult>)])]
[JsonSerializable(typeof(ProvisionedDocument))]
[JsonSerializable(typeof(DestroyedStacksDocument))]
internal sealed partial class AwsDocuments : JsonSerializerContext;
