using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Gates;

/// <summary>Which way of judging belongs to which metric.</summary>
internal static class GateJudges
{
    /// <summary>CPU and memory jump: five samples running, ten seconds at the usual pace of looking, are no longer a jump.</summary>
    private const int ResourceRun = 5;

    /// <summary>What others measure can hiccup: three readings running, half a minute at the default `every`.</summary>
    private const int ExternalRun = 3;

    /// <summary>CloudWatch's readings are a minute long, and a step has few of them: two running are no hiccup.</summary>
    private const int CloudWatchRun = 2;

    /// <summary>A restart has happened, and a health check has its own patience (`unhealthyAfter`): neither is waited for again.</summary>
    private const int AtOnce = 1;

    /// <exception cref="ArgumentException">The metric is unknown or not built: the manifest's validation lets neither through.</exception>
    public static GateJudge For(Gate gate, ModelYardstick? model = null)
    {
        var metric = MetricCatalog.Find(gate.Metric) ?? throw new ArgumentException($"gate {gate.Id}: there is no metric {gate.Metric}", nameof(gate));
        return (metric.Judging, metric.Name) switch
        {
            (JudgingKind.Proportion, _) => new ProportionGate(gate, metric),
            (JudgingKind.Quantile, _) => new QuantileGate(gate, metric),
            (_, "cpu" or "memory" or "cpu.perRequest") => new LevelGate(gate, metric, ResourceRun),
            (_, "memory.growth") => new GrowthGate(gate, metric),
            (_, "restarts" or "health" or "model.age") => new LevelGate(gate, metric, AtOnce),
            (_, "cloudwatch") => new LevelGate(gate, metric, CloudWatchRun),
            (_, "prometheus" or "http" or "command") => new LevelGate(gate, metric, ExternalRun),
            (_, "model.inputs.drift" or "model.prediction.profile") => new DistanceGate(gate, metric, model),
            (_, "model.inputs.missing" or "model.inputs.unseen" or "model.prediction.invalid") => new ShareGate(gate, metric, model),
            (_, "model.inputs.schema") => new SchemaGate(gate, metric),
            (_, "model.prediction.drift") => new ArmsDistanceGate(gate, metric, model),
            _ => throw new ArgumentException($"gate {gate.Id}: {metric.Name} is not judged yet", nameof(gate)),
        };
    }
}
