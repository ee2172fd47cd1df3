using System.Globalization;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Tool.Model;

namespace MlDeploy.Specs.ToolShell;

public sealed class ModelCommandSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-model-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_profile_is_made_shown_and_reads_as_its_golden_says()
    {
        Data("test.csv", 4000);
        var made = await Run("profile", "create", "test.csv", "--out", "model/profile.json", "--prediction", "score", "--unit", "amount=EUR", "--describe", "amount=what is paid", "--model-version", "7");
        Assert.Equal(ExitCode.Done, made.ExitCode);

        var shown = await Run("profile", "show", "model/profile.json");
        Assert.All(shown.Results.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Golden.Match("tests/MlDeploy.Specs/Tool/Goldens/profile-show.golden", System.Text.RegularExpressions.Regex.Replace(shown.Results, "made .* UTC", "made THEN UTC"));
        Assert.DoesNotContain('█', (await Run("profile", "show", "model/profile.json", "--ascii")).Results);
    }

    [Fact]
    public async Task Data_of_the_same_kind_is_well_and_seconds_that_came_as_milliseconds_are_exit_10()
    {
        Data("test.csv", 4000);
        Data("same.csv", 2000, seed: 5);
        Data("faulty.csv", 2000, seed: 6, factor: 1000);
        await Run("profile", "create", "test.csv", "--out", "p.json", "--prediction", "score");

        Assert.Equal(ExitCode.Done, (await Run("drift", "--profile", "p.json", "same.csv")).ExitCode);
        var drift = await Run("drift", "--profile", "p.json", "faulty.csv", "-o", "json");
        Assert.Equal(ExitCode.DriftBeyondLimit, drift.ExitCode);
        using var document = JsonDocument.Parse(drift.Results);
        var first = document.RootElement.GetProperty("features")[0];
        Assert.Equal(("seconds", true), (first.GetProperty("name").GetString(), first.GetProperty("beyond").GetBoolean()));
        Assert.InRange(first.GetProperty("distance").GetDouble(), 0.95, 1);
        Assert.Equal(1, document.RootElement.GetProperty("beyond").GetInt32());
    }

    [Theory]
    [InlineData("overlap")]
    [InlineData("ks")]
    [InlineData("psi")]
    [InlineData("wasserstein")]
    public async Task Every_measure_ranks_the_faulty_feature_first(string measure)
    {
        Data("test.csv", 4000);
        Data("faulty.csv", 2000, seed: 6, factor: 1000);

        var drift = await Run("drift", "--profile", "test.csv", "faulty.csv", "--measure", measure, "-o", "json");
        Assert.Equal(ExitCode.DriftBeyondLimit, drift.ExitCode);
        using var document = JsonDocument.Parse(drift.Results);
        Assert.Equal("seconds", document.RootElement.GetProperty("features")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(ExitCode.Done, "", "--except", "seconds")]
    [InlineData(ExitCode.Done, "", "--except", "amount,seconds")]
    [InlineData(ExitCode.Done, "", "--features", "amount", "--features", "items,score")]
    [InlineData(ExitCode.DriftBeyondLimit, "", "--features", "seconds")]
    [InlineData(ExitCode.Usage, "did you mean 'seconds'?", "--except", "second")]
    [InlineData(ExitCode.Usage, "the reference has no feature 'weight'", "--features", "amount,weight")]
    [InlineData(ExitCode.Usage, "both say what is compared", "--features", "amount", "--except", "seconds")]
    [InlineData(ExitCode.Usage, "leaves nothing to compare", "--except", "amount,seconds,items,country,returning,score")]
    public async Task Features_are_chosen_by_name(ExitCode exit, string message, params string[] choice)
    {
        Data("test.csv", 4000);
        Data("faulty.csv", 2000, seed: 6, factor: 1000);
        await Run("profile", "create", "test.csv", "--out", "p.json", "--prediction", "score");
        var run = await Run(["drift", "--profile", "p.json", "faulty.csv", "-o", "json", .. choice]);

        Assert.True(exit == run.ExitCode, run.Results + run.Messages);
        Assert.Contains(message, run.Results + run.Messages, StringComparison.Ordinal);
        if (exit is ExitCode.Done)
        {
            Assert.DoesNotContain("seconds", run.Results, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_engine_is_asked_about_the_chosen_features_only()
    {
        Data("test.csv", 4000);
        await Run("profile", "create", "test.csv", "--out", "p.json");
        var shown = await Run("drift", "--engine", "clickhouse", "--table", "t", "--profile", "p.json", "--show-sql", "--features", "items");

        Assert.Equal(ExitCode.Done, shown.ExitCode);
        Assert.Contains("items", shown.Results, StringComparison.Ordinal);
        Assert.DoesNotContain("amount", shown.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_windows_is_one_window()
    {
        Data("test.csv", 4000);
        await Run("profile", "create", "test.csv", "--out", "p.json");
        Directory.CreateDirectory(Path.Combine(folder, "hours"));
        for (var hour = 0; hour < 4; hour++)
        {
            var window = new WindowSketch { Rows = 500 };
            for (var row = 0; row < 500; row++)
            {
                window.At("amount")!.AddNumber(1e6 + row);
            }

            var state = SketchStates.Of(window);
            await File.WriteAllBytesAsync(Path.Combine(folder, "hours", $"{hour}"), hour % 2 == 0 ? ModelFiles.Write(state) : SketchBinary.Write(state), TestContext.Current.CancellationToken);
        }

        var drift = await Run("drift", "--profile", "p.json", "--merge", "hours");
        Assert.Equal(ExitCode.DriftBeyondLimit, drift.ExitCode);
        Assert.Contains("2,000 rows beside 4,000 of p.json", drift.Results, StringComparison.Ordinal);
        Assert.Contains("absent", drift.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_of_profiles_tells_what_is_new_gone_and_retyped_and_fails_only_when_asked()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "a.csv"), "x,y,gone\n" + string.Concat(Enumerable.Range(0, 300).Select(row => $"{row},{row},1\n")), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "b.csv"), "x,y,added\n" + string.Concat(Enumerable.Range(0, 300).Select(row => $"{row},k{row % 3},1\n")), TestContext.Current.CancellationToken);
        await Run("profile", "create", "a.csv", "--out", "a.json");
        await Run("profile", "create", "b.csv", "--out", "b.json");

        var told = await Run("profile", "diff", "a.json", "b.json");
        Assert.Equal(ExitCode.Done, told.ExitCode);
        Assert.Contains("number → category", told.Results, StringComparison.Ordinal);
        Assert.Contains("absent", told.Results, StringComparison.Ordinal);
        Assert.Contains("new", told.Results, StringComparison.Ordinal);
        Assert.Equal(ExitCode.DriftBeyondLimit, (await Run("profile", "diff", "a.json", "b.json", "--max", "0.2")).ExitCode);
    }

    [Theory]
    [InlineData("there is no nowhere.csv", "profile", "create", "nowhere.csv", "--out", "p.json")]
    [InlineData("there is no kind 'numbr'", "profile", "create", "t.csv", "--out", "p.json", "--type", "a=numbr")]
    [InlineData("--unit wants NAME=UNIT, not 'a'", "profile", "create", "t.csv", "--out", "p.json", "--unit", "a")]
    [InlineData("the data has no column 'aa'", "profile", "create", "t.csv", "--out", "p.json", "--columns", "aa")]
    [InlineData("t.csv cannot be read", "profile", "show", "t.csv")]
    [InlineData("there is nothing to compare", "drift", "--profile", "t.csv")]
    [InlineData("there are no files in none", "drift", "--profile", "t.csv", "--merge", "none")]
    public async Task What_cannot_be_done_says_so_and_ends_with_3(string message, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "t.csv"), "a,b\n1,2\n", TestContext.Current.CancellationToken);
        var run = await Run(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlapp.yaml has no model.log", """such as {"inputs":{"age":40,"country":"DE"},"prediction":0.25}""", "model: { profile: p.json }")]
    [InlineData("--every is at least 60 s on aws", "such as --every 1h", "model: { profile: p.json, log: {} }", "--every", "10s")]
    public async Task On_aws_drift_says_before_anybody_is_asked_what_it_needs(string message, string remedy, string model, params string[] more)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "mlapp.yaml"), $"apiVersion: mldeploy/v1\nname: app\nversion: v1\napplication: {{ image: x:1 }}\nrollout: {{ strategy: all-at-once }}\ntargets: {{ aws: {{ region: eu-central-1 }} }}\n{model}\n", TestContext.Current.CancellationToken);
        var run = await Run(["drift", "-t", "aws", .. more]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
        Assert.Contains(remedy, run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_616, 1_616, true, 0, "all 1,616 logged rows were read")]
    [InlineData(96_213, 1_204_000, false, 0, "96,213 of about 1,204,000 logged rows were read, the beginning of each part of that time")]
    [InlineData(250, 1_000, true, 3, "250 of about 1,000 logged rows were read, as monitoring.capture.sample says; 3 lines are cut off or no JSON")]
    public void How_much_was_read_of_how_much_is_told(long rows, long logged, bool whole, long unparsable, string told) =>
        Assert.Equal(told, ModelText.Reading(new LiveReading(rows, logged, whole, unparsable)));

    private Task<ToolRun> Run(params string[] arguments) => ToolRun.Of(surroundings => surroundings with { WorkingDirectory = folder }, arguments);

    private void Data(string file, int rows, int seed = 1, double factor = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder("amount,seconds,items,country,returning,score\n");
        for (var row = 0; row < rows; row++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Math.Exp(3 + random.NextDouble() + random.NextDouble()):0.00},{factor * -30 * Math.Log(1 - random.NextDouble()):0.0},{random.Next(1, 5)},{(random.Next(10) == 0 ? "" : random.Next(3) == 0 ? "DE" : "AT")},{(random.Next(2) == 0 ? "true" : "false")},{random.NextDouble():0.000}");
        }

        File.WriteAllText(Path.Combine(folder, file), text.ToString());
    }
}
