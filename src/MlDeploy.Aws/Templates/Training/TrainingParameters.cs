using System.Text.Encodings.Web;
using System.Text.Json;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates.Training;

/// <summary>The manifest's values for the parameters of `templates/aws/training.yaml`.</summary>
internal static class TrainingParameters
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ParameterValues Of(AppManifest manifest, TrainingSettings training, RenderFacts facts)
    {
        var network = manifest.Targets.Aws!.Network;
        var values = new ParameterValues()
            .Set("Name", manifest.Name)
            .Set("VpcId", network.Vpc ?? "new")
            .Set("Subnets", network.Subnets)
            .Set("NotebookType", training.Notebook)
            .Set("JobType", training.Job)
            .Set("TrainingRepositoryArn", ImageSource.ForeignRepository(training.Image ?? TrainingImages.Default(facts.Region) ?? "", manifest.Name, facts) ?? "");
        return training is { Schedule: { } schedule, Image: { } image }
            ? values.Set("Schedule", schedule)
                .Set("Algorithm", TrainingLayout.Algorithm(image, training.Command).ToJsonString(Plain))
            : values;
    }
}
