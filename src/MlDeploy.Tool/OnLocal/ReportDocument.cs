using System.Text.Json.Serialization.Metadata;
using MlDeploy.Core.Report;

namespace MlDeploy.Tool.OnLocal;

/// <summary>`mldeploy/report/v1`</summary>
internal static class ReportDocument
{
    public static JsonTypeInfo<DeploymentReport> Type => DeploymentReport.Json;
}
