using System.IO.Compression;
using System.Text;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Capture;

namespace MlDeploy.Specs.Capture;

public sealed class PredictionReaderSpecs
{
    [Theory]
    [InlineData(ModelProtocol.Json, "$", "$.p", """{"age":40,"country":"DE","who":{"kind":"new"}}""", """{"p":0.25}""", 1)]
    [InlineData(ModelProtocol.Json, "$.orders", "$.answers", """{"orders":[{"age":40,"country":"DE"},{"age":41,"country":null}]}""", """{"answers":[0.25,0.5]}""", 2)]
    [InlineData(ModelProtocol.Json, "$", "$.p", """[{"age":40},{"age":41}]""", """[{"p":0.25},{"p":0.5}]""", 2)]
    [InlineData(ModelProtocol.KServeV1, "$", "$.p", """{"instances":[{"age":40,"country":"DE"},{"age":41,"country":"FR"}]}""", """{"predictions":[0.25,0.5]}""", 2)]
    [InlineData(ModelProtocol.KServeV1, "$", "$.p", """{"instances":[[40,"DE"],[41,"FR"]]}""", """{"predictions":[{"p":0.25},{"p":0.5}]}""", 2)]
    [InlineData(ModelProtocol.OpenInferenceV2, "$", "$.p", """{"inputs":[{"name":"age","shape":[2,1],"datatype":"FP64","data":[40,41]},{"name":"country","shape":[2],"datatype":"BYTES","data":["DE","FR"]}]}""", """{"outputs":[{"name":"p","shape":[2],"datatype":"FP64","data":[0.25,0.5]}]}""", 2)]
    [InlineData(ModelProtocol.OpenInferenceV2, "$", "$.p", """{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP64","data":[[40,1],[41,2]]}]}""", """{"outputs":[{"name":"other","shape":[2],"data":[9,9]},{"name":"p","shape":[2,1],"data":[0.25,0.5]}]}""", 2)]
    [InlineData(ModelProtocol.Csv, "$", "$.p", "40,DE\n41,\"F,R\"\r\n", "0.25\n0.5\n", 2)]
    [InlineData(ModelProtocol.Csv, "$", "$.p", "country,age\nDE,40\n,41", "model,p\n1,0.25\n1,0.5", 2)]
    public void Every_protocol_gives_rows_features_and_a_prediction_for_each(ModelProtocol protocol, string inputs, string prediction, string request, string response, int rows)
    {
        var (window, predictions, invalid) = Read(Settings(protocol) with { Inputs = inputs, Prediction = prediction }, request, response);

        Assert.Equal((rows, rows, 0L), (window.Rows, predictions, invalid));
        Assert.Equal(40, window.Find("age")!.Numbers.Min);
        Assert.Equal(rows, window.Find("age")!.Numbers.Count);
        Assert.Equal(0.25, window.Prediction!.Numbers.Min);
        Assert.Equal(rows, window.Prediction.Numbers.Count);
    }

    [Theory]
    [InlineData("""{"p":NaN}""")]
    [InlineData("""{"p":"NaN"}""")]
    [InlineData("""{"p":null}""")]
    [InlineData("""{"q":0.5}""")]
    [InlineData("""{"p":1.5}""")]
    [InlineData("""{"p":-1e999}""")]
    [InlineData("")]
    public void An_answer_without_a_number_in_range_is_an_invalid_prediction(string response)
    {
        var (_, predictions, invalid) = Read(Settings(ModelProtocol.Json), """{"age":40}""", response);

        Assert.Equal((1L, 1L), (predictions, invalid));
    }

    [Theory]
    [InlineData(ModelProtocol.Json, "no json")]
    [InlineData(ModelProtocol.Json, "7")]
    [InlineData(ModelProtocol.Json, "[]")]
    [InlineData(ModelProtocol.KServeV1, """{"age":40}""")]
    [InlineData(ModelProtocol.OpenInferenceV2, """{"inputs":[{"name":"a","shape":[3],"data":[1,2]}]}""")]
    [InlineData(ModelProtocol.OpenInferenceV2, """{"inputs":[{"name":"a","shape":[0],"data":[]}]}""")]
    [InlineData(ModelProtocol.Csv, "\n\n")]
    public void A_request_that_is_none_is_not_read(ModelProtocol protocol, string request)
    {
        Assert.Null(new PredictionReader(Settings(protocol), Reference()).Read(Exchange(request, "")));
    }

    [Fact]
    public void Deep_json_is_not_read()
    {
        Assert.Null(new PredictionReader(Settings(ModelProtocol.Json), Reference()).Read(Exchange(new string('[', 100_000), "")));
    }

    [Fact]
    public void An_excluded_feature_leaves_no_trace()
    {
        var (window, _, _) = Read(Settings(ModelProtocol.Json) with { Exclude = ["customer_name", "who.name"] }, """{"age":40,"customer_name":"Ann","who":{"name":"Ann","kind":"x"}}""", """{"p":0.5}""");

        Assert.Equal(["age", "who.kind"], window.Names);
    }

    [Fact]
    public void Compressed_bodies_are_read()
    {
        var reader = new PredictionReader(Settings(ModelProtocol.Json), Reference());
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("""{"p":0.5}"""u8);
        }

        var rows = reader.Read(Exchange("""{"age":40}""", "") with { Response = new RentedBytes(packed.ToArray(), (int)packed.Length), ResponseEncoding = "gzip" })!;
        var window = new WindowSketch();

        Assert.Equal((1L, 0L), rows.AddTo(window, null));
        Assert.Equal(0.5, window.Prediction!.Numbers.Max);
    }

    internal static CaptureSettings Settings(ModelProtocol protocol) => new(protocol, "$", "$.p", (0, 1), 1, []);

    internal static ModelReference Reference()
    {
        var window = new WindowSketch { Rows = 3 };
        foreach (var age in new[] { 30.0, 40, 50 })
        {
            window.At("age")!.AddNumber(age);
            window.At("country")!.AddText("DE"u8);
        }

        return ModelReference.Of(window);
    }

    private static (WindowSketch Window, long Predictions, long Invalid) Read(CaptureSettings settings, string request, string response)
    {
        var window = new WindowSketch();
        var (predictions, invalid) = new PredictionReader(settings, Reference()).Read(Exchange(request, response))!.AddTo(window, settings.Range);
        return (window, predictions, invalid);
    }

    private static CapturedExchange Exchange(string request, string response) => new(null!, 0, Bytes(request), "", Bytes(response), "", Answered: true);

    private static RentedBytes Bytes(string text) => new(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetByteCount(text));
}
