#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:property InvariantGlobalization=true
#:property Optimize=true
#:property TieredPGO=false
#:property ServerGarbageCollection=false
#:property ConcurrentGarbageCollection=false

// Scores orders for payment fraud over HTTP.
//
//     PORT=5000 dotnet run score.cs
//     curl -d '{"order_value": 180, "time_to_order": 12, "returning_customer": false}' http://127.0.0.1:5000/predict
//
// PORT         where to listen on 127.0.0.1 (5000)
// MODEL        a model that train.cs wrote, beside this file (model-v2.json)
// FAULT        what to break on purpose (none); see the last function of the program
// PREDICTIONS  where to log each prediction with its inputs, as one line of JSON: none, output (standard output), or a file (none)

using System.Collections.Concurrent;
using System.Text.Json;

var folder = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
var url = $"http://127.0.0.1:{Setting("PORT", "5000")}";
var model = Model.Load(Path.Combine(folder, Setting("MODEL", "model-v2.json")));
var fault = Setting("FAULT", "none");
if (fault is not ("none" or "throws" or "slow" or "leaks" or "milliseconds"))
{
    Console.Error.WriteLine($"FAULT: found '{fault}', allowed are none, throws, slow, leaks, milliseconds.");
    return 64;
}

var predictions = Setting("PREDICTIONS", "none") switch
{
    "none" => null,
    "output" => Console.Out,
    var file => TextWriter.Synchronized(new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true }),
};
var remembered = new ConcurrentQueue<double[]>(); // where a fault leaks to

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls(url).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1 << 20);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();

app.MapGet("/health", (HttpContext http) => http.Response.WriteAsync("healthy"));
app.MapPost("/predict", async (HttpContext http) =>
{
    try
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        await Answer(http, StatusCodes.Status200OK, await Predict(body.RootElement));
    }
    catch (BadOrderException problem)
    {
        await Answer(http, StatusCodes.Status400BadRequest, Error(problem.Message));
    }
    catch (BadHttpRequestException problem) // too large, or broken off
    {
        await Answer(http, problem.StatusCode, Error(problem.Message));
    }
    catch (Exception problem) when (problem is JsonException or InvalidOperationException { Source: "System.Text.Json.Rethrowable" }) // half a surrogate pair
    {
        await Answer(http, StatusCodes.Status400BadRequest, Error($"The body is not JSON: {problem.Message}"));
    }
});

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"{model.Name} listens on {url}, fault: {fault}"));
app.Run(); // until SIGTERM or Ctrl+C; requests that have begun are finished
return 0;

async Task<string> Predict(JsonElement body)
{
    if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("instances", out var instances))
        return $$"""{"probability":{{await Probability(body)}},"model":"{{model.Name}}"}""";

    if (instances.ValueKind != JsonValueKind.Array)
        throw new BadOrderException($"instances: expected an array of orders, found {instances.ValueKind}.");
    var probabilities = new List<string>();
    foreach (var order in instances.EnumerateArray()) probabilities.Add(await Probability(order));
    return $$"""{"predictions":[{{string.Join(',', probabilities)}}],"model":"{{model.Name}}"}""";
}

async Task<string> Probability(JsonElement order)
{
    var features = model.Read(order);
    await Break(order, features);
    var probability = model.Probability(features).ToString("0.0000");
    predictions?.WriteLine($$"""{"inputs":{{JsonSerializer.Serialize(order)}},"prediction":{{probability}}}""");
    return probability;
}

static Task Answer(HttpContext http, int status, string json)
{
    http.Response.StatusCode = status;
    http.Response.ContentType = "application/json";
    return http.Response.WriteAsync(json);
}

static string Error(string message) => $$"""{"error":"{{JsonEncodedText.Encode(message)}}"}""";

static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;

// The mistakes that mldeploy is to find: v3 to v6 of mlapp.yaml. Nothing of this belongs in a service of yours.
async Task Break(JsonElement order, double[] features)
{
    switch (fault)
    {
        case "throws" when features[model.IndexOf("order_value")] is > 160 and var value:
            throw new InvalidOperationException($"No risk band for an order of {value}.");
        case "slow" when order.TryGetProperty("payment_kind", out var kind) && kind.ValueEquals("invoice"):
            await Task.Delay(TimeSpan.FromMilliseconds(120)); // asks a credit agency, every time
            break;
        case "leaks":
            remembered.Enqueue([.. Enumerable.Repeat(features[0], 16_000)]); // 125 KiB an order, never looked at again
            break;
        case "milliseconds":
            features[model.IndexOf("time_to_order")] /= 1000; // the model was trained on milliseconds, and customers send seconds
            break;
    }
}

/// <summary>The caller's mistake: which feature, what was found, what is expected.</summary>
sealed class BadOrderException(string message) : Exception(message);

/// <summary>Boosted trees as train.cs writes them. A missing feature is NaN and goes the way it went in training.</summary>
sealed class Model
{
    private readonly double bias;
    private readonly Feature[] features;
    private readonly Node[] trees;

    private Model(JsonElement json)
    {
        Name = json.GetProperty("name").GetString()!;
        bias = json.GetProperty("bias").GetDouble();
        features = [.. json.GetProperty("features").EnumerateArray().Select(Feature.Load)];
        trees = [.. json.GetProperty("trees").EnumerateArray().Select(Tree)];
    }

    public string Name { get; }

    public static Model Load(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return new Model(json.RootElement);
    }

    public int IndexOf(string feature) => Array.FindIndex(features, known => known.Name == feature);

    /// <summary>Numbers in the model's order of features. What the model does not know is ignored.</summary>
    public double[] Read(JsonElement order)
    {
        if (order.ValueKind != JsonValueKind.Object) throw new BadOrderException($"Expected an order as a JSON object, found {order.ValueKind}.");
        return Array.ConvertAll(features, feature => order.TryGetProperty(feature.Name, out var value) ? feature.Read(value) : double.NaN);
    }

    public double Probability(double[] order)
    {
        var logOdds = bias;
        foreach (var tree in trees) logOdds += tree.Evaluate(order);
        return 1 / (1 + Math.Exp(-logOdds));
    }

    private Node Tree(JsonElement json) => json.ValueKind == JsonValueKind.Number
        ? new Leaf(json.GetDouble())
        : new Split(
            IndexOf(json.GetProperty("if").GetString()!), json.GetProperty("below").GetDouble(), json.GetProperty("missing").ValueEquals("yes"),
            Tree(json.GetProperty("yes")), Tree(json.GetProperty("no")));

    private abstract record Node
    {
        public abstract double Evaluate(double[] order);
    }

    private sealed record Leaf(double Value) : Node
    {
        public override double Evaluate(double[] order) => Value;
    }

    private sealed record Split(int Feature, double Below, bool Missing, Node Yes, Node No) : Node
    {
        public override double Evaluate(double[] order)
        {
            var value = order[Feature];
            return (double.IsNaN(value) ? Missing : value < Below) ? Yes.Evaluate(order) : No.Evaluate(order);
        }
    }

    /// <param name="Categories">What the model takes for each category; null for numbers and flags.</param>
    private sealed record Feature(string Name, (string Name, double Rate)[]? Categories)
    {
        public static Feature Load(JsonElement json) => new(
            json.GetProperty("name").GetString()!,
            json.TryGetProperty("categories", out var rates) ? [.. rates.EnumerateObject().Select(rate => (rate.Name, rate.Value.GetDouble()))] : null);

        public double Read(JsonElement value) => (value.ValueKind, Categories) switch
        {
            (JsonValueKind.Null, _) => double.NaN,
            (JsonValueKind.String, { } categories) => RateOf(value, categories),
            (JsonValueKind.Number, null) => value.GetDouble(),
            (JsonValueKind.True, null) => 1,
            (JsonValueKind.False, null) => 0,
            _ => throw new BadOrderException($"{Name}: expected {(Categories is null ? "a number, true or false" : "a string")}, found {value.ValueKind}."),
        };

        private static double RateOf(JsonElement value, (string Name, double Rate)[] categories)
        {
            foreach (var category in categories)
                if (value.ValueEquals(category.Name)) return category.Rate;
            return double.NaN; // never seen in training: as good as missing
        }
    }
}
