using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Tool.Model;

/// <summary>`mldeploy/profile-created/v1` and `mldeploy/profile-summary/v1`</summary>
internal sealed record ProfileSummary(string File, string? ModelVersion, DateTimeOffset? CreatedAt, DataOrigin? Data, long Rows, ImmutableArray<FeatureSummary> Features, FeatureSummary? Prediction);

/// <param name="Missing">Share of rows, 0–1.</param>
/// <param name="Categories">The most frequent ten with their shares.</param>
/// <param name="Histogram">Shares of bins of equal width between the 1 % and the 99 % quantile.</param>
internal sealed record FeatureSummary(
    string Name, string Kind, string? Description, string? Unit, double Missing, double NotFinite,
    double? Min, double? P05, double? Median, double? P95, double? Max, double? Mean,
    ImmutableArray<CategoryShare> Categories, ImmutableArray<double> Histogram);

internal sealed record CategoryShare(string Name, double Share);

/// <summary>`mldeploy/drift/v1` and `mldeploy/profile-diff/v1`</summary>
/// <param name="Beyond">The exit code is 10 when there is one, and a limit was set.</param>
/// <param name="Reading">Of live data that is read within bounds; null where all there is was taken.</param>
/// <param name="ReferenceReading">The same of the reference.</param>
internal sealed record DriftDocument(
    string Reference, ImmutableArray<string> Live, string Measure, double? Max, long ReferenceRows, long Rows, long Beyond, ImmutableArray<ComparedFeature> Features,
    LiveReading? Reading = null, LiveReading? ReferenceReading = null);

/// <summary>What was read of live data that somebody else keeps.</summary>
/// <param name="Logged">Rows that were logged in that time, by an estimate where not all were read.</param>
/// <param name="Whole">False when more was logged than is read of one window: then the beginning of each part of that time was read.</param>
/// <param name="Unparsable">Lines of what was read that are cut off or no JSON.</param>
internal sealed record LiveReading(long Rows, long Logged, bool Whole, long Unparsable);

/// <param name="Chance">The distance that chance alone stays below 95 times in 100.</param>
internal sealed record ComparedFeature(
    string Name, string Kind, double? Distance, double? Chance, long Values, double Missing, double ReferenceMissing, double? Unseen, double NotFinite, string State, bool Beyond)
{
    public static ComparedFeature Of(FeatureComparison one, double? max)
    {
        var limit = max ?? double.PositiveInfinity;
        return new ComparedFeature(one.Name, (one.Kind == FeatureKind.Empty ? one.LiveKind : one.Kind).Word(), one.Distance, one.Chance, one.Values, one.Missing, one.ReferenceMissing, one.Unseen, one.Invalid, one.State(limit), one.IsTooFar(limit));
    }
}

/// <summary>`mldeploy/drift-sql/v1`</summary>
internal sealed record SqlDocument(string Engine, ImmutableArray<string> Statements);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProfileSummary))]
[JsonSerializable(typeof(DriftDocument))]
[JsonSerializable(typeof(SqlDocument))]
internal sealed partial class ModelToolDocuments : JsonSerializerContext;
