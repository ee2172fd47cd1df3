using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Core.Manifest.Rules;

/// <summary>No gateway of ours is on aws: what a model is asked and answers comes from the application's own log.</summary>
internal static class AwsModelRules
{
    public static void GatesOnTheModelHaveALog(RuleContext context)
    {
        var manifest = context.Manifest;
        if (manifest.Model?.Log is not null)
        {
            return;
        }

        var gates = manifest.Rollout.Gates.Where(gate => gate.Metric.StartsWith("model.", StringComparison.Ordinal) && gate.Metric != "model.age").Select(gate => gate.Id).ToArray();
        if (gates.Length > 0)
        {
            context.Report(
                "model.log",
                $"is not set, and on aws {(gates.Length == 1 ? $"the gate {gates[0]} reads" : $"the gates {string.Join(", ", gates)} read")} what the application logs of its predictions",
                null,
                $"Write each prediction as one line of standard output, such as {PredictionLineFormat.Example(new PredictionLogSettings())}, and set model.log: {{}} (docs/prediction-log.md)"
                + (manifest.Rollout.GatesAreDefaults ? "; or list the gates you want under rollout.gates." : "; or remove the gates."),
                "model");
        }
    }

    public static void PredictionsAreLoggedToStandardOutput(RuleContext context)
    {
        if (context.Manifest.Model?.Log is { Path: not null })
        {
            context.Report(
                "model.log.path", "names a file, and a task's files cannot be read from outside", "standard output", "Leave it out, and write predictions to standard output; an environment can differ from the rest.");
        }
    }
}
