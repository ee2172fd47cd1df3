using System.Collections.Immutable;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`model`: what the application predicts with, and where features and predictions stand.</summary>
internal static class ModelDefinition
{
    private static readonly Setting<string> Name = Optional("name", Types.Label("a model's name"), "Shown in reports.");
    private static readonly Setting<string> Version = Optional("version", Types.Label("a model's version"), "Shown in reports. Always text: 1.10 stays 1.10.");
    private static readonly Setting<DateTimeOffset> TrainedAt = Optional("trainedAt", new InstantType(), "When the model was trained; needed by the metric model.age.");
    private static readonly Setting<string> Profile = Optional("profile", new PathType("a profile"), "The description of the model's inputs and outputs made from training or test data; needed by the model.inputs metrics.");
    private static readonly Setting<ModelProtocol> Protocol = Defaulted("protocol", new ChoiceType<ModelProtocol>(new("json", ModelProtocol.Json), new("kserve-v1", ModelProtocol.KServeV1), new("open-inference-v2", ModelProtocol.OpenInferenceV2), new("csv", ModelProtocol.Csv)), "json", "How requests and responses are written.");
    private static readonly Setting<string> Inputs = Defaulted("inputs", Types.JsonPath, "$", "Where the features stand in the request.");
    private static readonly Setting<string> Prediction = Optional("prediction", Types.JsonPath, "Where the prediction stands in the response; needed by the model.prediction metrics.");
    private static readonly Setting<ImmutableArray<double>> Range = Optional("range", new ListType<double>(new NumberType(double.NegativeInfinity, double.PositiveInfinity, "0"), "two numbers, the lowest and the highest", longest: 2, shortest: 2), "The lowest and the highest valid prediction; what lies outside counts as invalid.");

    private static readonly Setting<string> LogPath = Optional("path", new PathType("a file or folder"), "The file or folder the application writes its predictions to; its standard output when not set.");
    private static readonly Setting<string> LogInputs = Defaulted("inputs", Types.JsonPath, "$.inputs", "Where the features stand in a line.");
    private static readonly Setting<string> LogPrediction = Defaulted("prediction", Types.JsonPath, "$.prediction", "Where the prediction stands in a line.");

    private static readonly Section<PredictionLogSettings> LogSection = new("predictionLog", [LogPath, LogInputs, LogPrediction],
        values => new PredictionLogSettings(values.OrNull(LogPath), values.Get(LogInputs), values.Get(LogPrediction)));

    private static readonly Setting<PredictionLogSettings> Log = Optional("log", LogSection, "The application writes its predictions itself, as JSON lines (docs/prediction-log.md): they are read from there instead of from requests and responses. Needed on aws by the model metrics other than model.age.");

    public static readonly Section<ModelSettings> Section = new("model", [Name, Version, TrainedAt, Profile, Protocol, Inputs, Prediction, Range, Log], values => new ModelSettings
    {
        Name = values.OrNull(Name),
        Version = values.OrNull(Version),
        TrainedAt = values.OrNone(TrainedAt),
        Profile = values.OrNull(Profile),
        Protocol = values.Get(Protocol),
        Inputs = values.Get(Inputs),
        Prediction = values.OrNull(Prediction),
        Range = values.Get(Range) is [var low, var high] ? (low, high) : null,
        Log = values.OrNull(Log),
    });
}
