using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Specs.Manifest;

public class ReadingProperties
{
    private static readonly byte[] Damage = [.. " \t\n:-[]{}\"'#&*!|>%@`$,?a0.~\u0000\u00ff".Select(c => (byte)c)];

    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(3, 11);

    [Fact]
    public void A_damaged_reference_manifest_is_read_or_refused_and_never_breaks_the_reader() =>
        Check.One(Seeded, Prop.ForAll(Gen.ListOf(Gen.Choose(0, int.MaxValue)).ToArbitrary(), damage =>
        {
            var bytes = Encoding.UTF8.GetBytes(Reading.Reference);
            foreach (var random in damage)
            {
                bytes[random % bytes.Length] = Damage[random / 7 % Damage.Length];
            }

            var result = Reading.Read(bytes);
            Assert.True(result.Manifest is null == result.Problems.Length > 0);
        }));

    [Fact]
    public void A_truncated_reference_manifest_is_read_or_refused() =>
        Check.One(Seeded.WithMaxTest(100), Prop.ForAll(Gen.Choose(0, Encoding.UTF8.GetByteCount(Reading.Reference)).ToArbitrary(), length =>
        {
            var result = Reading.Read(Encoding.UTF8.GetBytes(Reading.Reference)[..length]);
            Assert.True(result.Manifest is null == result.Problems.Length > 0);
        }));

    [Fact]
    public void A_duration_reads_back_as_it_is_written() =>
        Check.One(Seeded, Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), milliseconds =>
            Quantity.Duration(QuantityText.Duration(TimeSpan.FromMilliseconds(milliseconds))) == TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_percentage_is_exact() =>
        Check.One(Seeded, Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), hundredths =>
            Quantity.Share($"{hundredths / 100}.{hundredths % 100:00}%") == (double)(hundredths / 10_000m)));

    [Theory]
    [InlineData("600/min", 10)]
    [InlineData("3600/h", 1)]
    [InlineData("0.5/s", 0.5)]
    public void A_rate_is_per_second(string text, double expected) => Assert.Equal(expected, Quantity.Rate(text));

    [Theory]
    [InlineData("60KiB/min", 1024)]
    [InlineData("1MB/s", 1e6)]
    public void A_growth_is_bytes_per_second(string text, double expected) => Assert.Equal(expected, Quantity.Growth(text));

    [Fact]
    public void One_wrong_letter_finds_the_right_metric()
    {
        var names = Core.Analysis.MetricCatalog.All.Select(metric => metric.Name).ToList();
        foreach (var name in names.Where(name => name.Length > 3))
        {
            for (var at = 0; at < name.Length; at++)
            {
                var nearest = NearestName.Of(name.Remove(at, 1), names);
                Assert.True(nearest == name || NearestName.Distance(name.Remove(at, 1), nearest!) == 1, $"{name} without letter {at + 1}: {nearest}");
            }
        }
    }

    [Fact]
    public void The_distance_of_names_is_symmetric_and_bounded_by_the_longer() =>
        Check.One(Seeded, Prop.ForAll(ShortNames(), ShortNames(), (left, right) =>
        {
            var distance = NearestName.Distance(left, right);
            return distance == NearestName.Distance(right, left) && distance <= Math.Max(left.Length, right.Length) && (distance == 0) == string.Equals(left, right, StringComparison.Ordinal);
        }));

    [Fact]
    public void Nothing_near_is_nothing_said() => Assert.Null(NearestName.Of("xyz", ["weight", "for"]));

    private static Arbitrary<string> ShortNames() => Gen.ArrayOf(Gen.Elements('a', 'b', 'c')).Select(letters => new string(letters.Take(12).ToArray())).ToArbitrary();
}
