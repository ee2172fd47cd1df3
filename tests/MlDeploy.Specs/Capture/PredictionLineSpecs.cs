using System.Text;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Capture;

/// <summary>Predictions out of lines that an application logs itself.</summary>
public sealed class PredictionLineSpecs
{
    private static readonly CaptureSettings Settings = new(ModelProtocol.Json, "$.inputs", "$.prediction", (0, 1), 1, ["customer_name"]);

    [Theory]
    [InlineData("""{"inputs":{"age":40,"country":"DE"},"prediction":0.25}""")]
    [InlineData("""{ "prediction" : 0.25, "at": "2026-11-21", "inputs" : { "country":"DE", "age": 40 } }""")]
    [InlineData("""2026-11-21T08:00:00Z INFO [worker {1}] scored: {"inputs":{"age":40},"prediction":0.25} in 3 ms""")]
    [InlineData("""ctx={"request":7} {"inputs":{"age":40},"prediction":0.25}""")]
    [InlineData("""it's "{quoted {"inputs":{"age":40},"prediction":0.25}""")]
    [InlineData("""{"inputs":{"age":40,"customer_name":"Ann"},"prediction":0.25} {"inputs":{"age":99},"prediction":1}""")]
    public void A_line_is_read_whatever_stands_around_it(string line)
    {
        var (kind, window, predictions, invalid) = Read(line);

        Assert.Equal((LineKind.Prediction, 1L, 1L, 0L), (kind, window.Rows, predictions, invalid));
        Assert.Equal(40, window.Find("age")!.Numbers.Max);
        Assert.Equal(0.25, window.Prediction!.Numbers.Max);
        Assert.Null(window.Find("customer_name"));
    }

    [Theory]
    [InlineData("""{"inputs":{"age":40},"prediction":NaN}""")]
    [InlineData("""{"inputs":{"age":40},"prediction":-Infinity}""")]
    [InlineData("""{"inputs":{"age":40},"prediction":"NaN"}""")]
    [InlineData("""{"inputs":{"age":40},"prediction":null}""")]
    [InlineData("""{"inputs":{"age":40}}""")]
    [InlineData("""{"inputs":{"age":40},"prediction":1.5}""")]
    public void A_line_without_a_number_in_range_is_an_invalid_prediction(string line)
    {
        var (kind, window, predictions, invalid) = Read(line);

        Assert.Equal((LineKind.Prediction, 1L, 1L, 1L), (kind, window.Rows, predictions, invalid));
    }

    [Fact]
    public void Bare_numbers_that_json_has_not_are_counted_as_what_they_are_and_words_in_texts_are_left_alone()
    {
        var (_, window, _, _) = Read("""{"inputs":{"a":NaN,"b":Infinity,"c":-Infinity,"d":"say \"NaN, Infinity\""},"prediction":0.5}""");

        Assert.Equal((1L, 1L, 1L), (window.Find("a")!.Numbers.NaN, window.Find("b")!.Numbers.PositiveInfinite, window.Find("c")!.Numbers.NegativeInfinite));
        Assert.Equal("say \"NaN, Infinity\"", window.Find("d")!.Names.Categories.Single().Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("loading the model")]
    [InlineData("""{"level":"info","message":"listening"}""")]
    [InlineData("""{"message":"no \"inputs\" here"}""")]
    [InlineData("""{"inputs":"none"}""")]
    [InlineData("""{"inputs":[]}""")]
    public void Other_lines_are_unrelated(string line) => Assert.Equal(LineKind.Unrelated, Read(line).Kind);

    [Theory]
    [InlineData("""{"inputs":{"age":40,"country":"D""")]
    [InlineData("""{"inputs":{"age":40},"prediction":0.2""")]
    [InlineData("""{"inputs":{'age':40},"prediction":0.25}""")]
    [InlineData("""{"inputs":{"age":"\ud800"},"prediction":0.25}""")]
    public void A_line_that_is_cut_off_or_no_json_is_unparsable(string line) => Assert.Equal(LineKind.Unparsable, Read(line).Kind);

    [Fact]
    public void A_line_that_is_too_long_or_too_deep_is_unparsable_and_costs_no_stack()
    {
        Assert.Equal(LineKind.Unparsable, Read($$$"""{"inputs":{"age":"{{{new string('x', PredictionLineReader.Longest)}}}"},"prediction":1}""").Kind);
        Assert.Equal(LineKind.Unparsable, Read($$$"""{"inputs":{{{string.Concat(Enumerable.Repeat("""{"a":""", 30_000))}}}""").Kind);
    }

    [Fact]
    public void Several_predictions_on_a_line_are_several_rows()
    {
        var (_, window, predictions, _) = Read("""{"inputs":[{"age":40},{"age":41}],"prediction":[0.25,0.5]}""");

        Assert.Equal((2L, 2L, 0.5), (window.Rows, predictions, window.Prediction!.Numbers.Max));
    }

    [Fact]
    public void Features_may_stand_at_the_root_or_deeper()
    {
        var root = Read("""{"age":40,"p":0.25}""", Settings with { Inputs = "$", Prediction = "$.p", Exclude = ["p"] });
        var deep = Read("""{"event":{"in":{"age":40},"out":[{"p":0.25}]}}""", Settings with { Inputs = "$.event.in", Prediction = "$.event.out[0].p" });

        Assert.All([root, deep], read => Assert.Equal((LineKind.Prediction, 0.25), (read.Kind, read.Window.Prediction!.Numbers.Max)));
        Assert.Equal(["age"], root.Window.Names);
        Assert.Equal(LineKind.Unparsable, Read("""{"a":{"age":40},"p":0.2""", Settings with { Inputs = "$", Prediction = "$.p" }).Kind);
    }

    [Theory]
    [InlineData("$.inputs", "$.prediction", """{"inputs":{"age":40,"country":"DE"},"prediction":0.25}""")]
    [InlineData("$", "$.p", """{"age":40,"country":"DE","p":0.25}""")]
    [InlineData("$.event.in", "$.event.out", """{"event":{"in":{"age":40,"country":"DE"},"out":0.25}}""")]
    public void The_line_that_messages_show_is_one_that_is_read(string inputs, string prediction, string shown)
    {
        var line = PredictionLineFormat.Example(inputs, prediction, PredictionReaderSpecs.Reference(), (0, 1));

        Assert.Equal(shown, line);
        var read = Read(line, Settings with { Inputs = inputs, Prediction = prediction });
        Assert.Equal((LineKind.Prediction, 0L), (read.Kind, read.Invalid));
    }

    private static (LineKind Kind, WindowSketch Window, long Predictions, long Invalid) Read(string line, CaptureSettings? settings = null)
    {
        var window = new WindowSketch();
        var kind = new PredictionLineReader(settings ?? Settings, PredictionReaderSpecs.Reference()).Read(Encoding.UTF8.GetBytes(line), out var rows);
        Assert.Equal(kind == LineKind.Prediction, rows is not null);
        var (predictions, invalid) = rows?.AddTo(window, Settings.Range) ?? (0, 0);
        return (kind, window, predictions, invalid);
    }
}
