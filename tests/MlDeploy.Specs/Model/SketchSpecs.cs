using System.Text;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Model;

public sealed class SketchSpecs
{
    [Fact]
    public void Few_different_numbers_are_counted_exactly_and_many_become_a_digest_with_the_same_count()
    {
        var sketch = new NumberSketch();
        for (var index = 0; index < 1_000_000; index++)
        {
            sketch.Add(index % 1000);
        }

        Assert.True(sketch.IsExact);
        Assert.Equal(Enumerable.Range(0, 1000).Select(value => ((double)value, 1000L)), sketch.Exact);
        sketch.Add(0.5);
        Assert.False(sketch.IsExact);
        Assert.Equal(1_000_001, sketch.Count);
        Assert.Equal(0.5, sketch.Cdf(499), 0.01);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(400)]
    [InlineData(20_000)]
    public void Names_that_never_come_twice_are_text_and_names_that_repeat_are_a_category(int rows)
    {
        var (notes, kinds) = (new FeatureSketch(), new FeatureSketch());
        for (var row = 0; row < rows; row++)
        {
            notes.AddText(Encoding.UTF8.GetBytes($"note {row}"));
            kinds.AddText(Encoding.UTF8.GetBytes($"kind {(row % 4 == 0 ? row % 700 : row % 5)}"));
        }

        Assert.Equal((FeatureKind.Text, FeatureKind.Category), (notes.Kind, kinds.Kind));
    }

    [Fact]
    public void Minus_zero_and_zero_are_one_number()
    {
        var sketch = new NumberSketch();
        sketch.Add(0.0);
        sketch.Add(-0.0);

        Assert.Equal(2, Assert.Single(sketch.Exact).Count);
    }

    [Fact]
    public void Frequent_names_survive_any_number_of_rare_ones()
    {
        var sketch = new CategorySketch();
        for (var index = 0; index < 50_000; index++)
        {
            sketch.Add(index % 5 == 0 ? "often" : $"rare-{index}");
        }

        var often = sketch.Categories[0];
        Assert.Equal("often", often.Name);
        Assert.InRange(often.Count, 10_000, 10_000 + often.Error);
        Assert.Equal(CategorySketch.Capacity, sketch.Distinct);
        Assert.False(sketch.IsExact);
        Assert.Equal(50_000, sketch.Count);
    }

    [Fact]
    public void Merged_categories_count_as_if_they_had_come_in_one_stream()
    {
        var (one, other) = (new CategorySketch(), new CategorySketch());
        one.Add("a", 3);
        one.Add("b", 1);
        other.Add("b", 5);
        other.Add("c", 2);
        one.Merge(other);

        Assert.Equal(["b 6", "a 3", "c 2"], one.Categories.Select(category => $"{category.Name} {category.Count}"));
        Assert.Equal(11, one.Count);
    }

    [Fact]
    public void Merged_overflowing_categories_never_underestimate()
    {
        var (one, other) = (new CategorySketch(), new CategorySketch());
        var random = new Random(5);
        var truth = new Dictionary<string, long>();
        for (var index = 0; index < 40_000; index++)
        {
            var name = $"n{(int)(2000 * Math.Pow(random.NextDouble(), 3))}";
            truth[name] = truth.GetValueOrDefault(name) + 1;
            (index % 2 == 0 ? one : other).Add(name);
        }

        one.Merge(other);
        Assert.Equal(40_000, one.Count);
        Assert.Equal(CategorySketch.Capacity, one.Distinct);
        Assert.All(one.Categories, category => Assert.InRange(truth[category.Name], category.Count - category.Error, category.Count));
    }

    [Fact]
    public void A_name_of_a_megabyte_is_kept_shortened_and_told_from_its_neighbour()
    {
        var table = new Utf8Table();
        var (first, second) = (Encoding.UTF8.GetBytes(new string('ü', 500_000) + "1"), Encoding.UTF8.GetBytes(new string('ü', 500_000) + "2"));

        Assert.Equal(0, table.FindOrAdd(first));
        Assert.Equal(1, table.FindOrAdd(second));
        Assert.Equal(0, table.Find(first));
        Assert.InRange(table[0].Length, 1, Utf8Table.LongestName);
        Assert.DoesNotContain('\uFFFD', table[0]);
    }

    [Theory]
    [InlineData("1,2,3", FeatureKind.Number)]
    [InlineData("true,false,true", FeatureKind.Boolean)]
    [InlineData("DE,AT,DE", FeatureKind.Category)]
    [InlineData("2026-11-21,2026-11-22T08:00:00Z", FeatureKind.Time)]
    [InlineData("", FeatureKind.Empty)]
    public void A_kind_is_told_from_the_values(string values, FeatureKind kind) => Assert.Equal(kind, Feature(values).Kind);

    [Fact]
    public void Names_that_never_repeat_are_text()
    {
        Assert.Equal(FeatureKind.Text, Feature(string.Join(',', Enumerable.Range(0, 200).Select(index => $"id-{index}"))).Kind);
        Assert.Equal(FeatureKind.Text, Feature(string.Join(',', Enumerable.Range(0, 20_000).Select(index => $"id-{index}"))).Kind);
    }

    [Fact]
    public void A_window_reads_the_same_from_json_and_from_its_binary_form()
    {
        var state = SketchStates.Of(Window());
        var json = ModelFiles.Write(state);
        var binary = SketchBinary.Write(state);

        Assert.Equal(json, ModelFiles.Write(SketchStates.Of(ModelFiles.ReadWindow(json, "w.json"))));
        Assert.Equal(json, ModelFiles.Write(SketchStates.Of(ModelFiles.ReadWindow(binary, "w.bin"))));
        Assert.InRange(binary.Length, 1, json.Length * 2 / 3);
        Assert.True(ModelFiles.IsWindow(json) && ModelFiles.IsWindow(binary) && !ModelFiles.IsProfile(json));
    }

    [Fact]
    public void A_stored_digest_keeps_its_quantiles_in_few_centroids()
    {
        var digest = Window().Find("amount")!.Numbers.Digest!;
        var stored = SketchStates.Digest(SketchStates.Of(digest));

        Assert.InRange(stored.Means.Length, 50, 500);
        Assert.All(new[] { 0.01, 0.5, 0.99 }, q => Assert.Equal(q, digest.Cdf(stored.Quantile(q)), 0.002));
    }

    [Fact]
    public void Broken_windows_end_in_a_message_never_in_a_crash()
    {
        var state = SketchStates.Of(Window());
        var random = new Random(11);
        foreach (var bytes in new[] { ModelFiles.Write(state), SketchBinary.Write(state) })
        {
            for (var attempt = 0; attempt < 300; attempt++)
            {
                var broken = bytes.ToArray();
                for (var change = 0; change < 3; change++)
                {
                    broken[random.Next(broken.Length)] = (byte)random.Next(256);
                }

                var cut = attempt % 3 == 0 ? broken[..random.Next(broken.Length)] : broken;
                try
                {
                    Assert.True(double.IsFinite(ModelFiles.ReadWindow(cut, "w").Rows));
                }
                catch (ExpectedException expected)
                {
                    Assert.Equal(ExitCode.Usage, expected.ExitCode);
                }
            }
        }
    }

    [Fact]
    public void Windows_merge_and_a_feature_that_one_part_lacks_is_missing_there()
    {
        var (all, part) = (Window(), new WindowSketch { Rows = 1000 });
        part.At("amount")!.AddNumber(1);
        all.Merge(part);

        Assert.Equal(6000, all.Rows);
        Assert.Equal(1000, all.MissingOf("country"));
        Assert.Equal(999, all.MissingOf("amount"));
        Assert.Equal(6000, all.MissingOf("nowhere"));
    }

    [Fact]
    public void Features_beyond_the_most_are_counted_and_not_kept()
    {
        var window = new WindowSketch(2);

        Assert.NotNull(window.At("a"));
        Assert.NotNull(window.At("b"));
        Assert.Null(window.At("c"));
        Assert.Equal(1, window.ExcessValues);
    }

    private static FeatureSketch Feature(string values)
    {
        var sketch = new FeatureSketch();
        foreach (var value in values.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (NumberText.TryParse(Encoding.UTF8.GetBytes(value), out var number))
            {
                sketch.AddNumber(number);
            }
            else
            {
                sketch.AddText(Encoding.UTF8.GetBytes(value));
            }
        }

        return sketch;
    }

    private static WindowSketch Window()
    {
        var window = new WindowSketch { Version = "v1", Rows = 5000 };
        window.Covers(DateTimeOffset.UnixEpoch.AddDays(1));
        window.Covers(DateTimeOffset.UnixEpoch.AddDays(2));
        var random = new Random(2);
        for (var row = 0; row < 5000; row++)
        {
            window.At("amount")!.AddNumber(Math.Exp(random.Normal()));
            window.At("items")!.AddNumber(random.Next(5));
            window.At("country")!.AddText(Encoding.UTF8.GetBytes(random.Next(3) == 0 ? "DE" : "AT"));
            (window.Prediction ??= new FeatureSketch()).AddNumber(row % 100 == 0 ? double.NaN : random.NextDouble());
        }

        return window;
    }
}
