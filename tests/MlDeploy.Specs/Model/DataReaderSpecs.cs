using System.IO.Compression;
using System.Text;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Data;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Model;

public sealed class DataReaderSpecs
{
    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void Csv_is_read_whatever_separates_it(char separator)
    {
        var window = Read($"amount,country,paid\r\n12.5,DE,true\r\n-3,\"A\"\"T\n{separator}\",false\r\n,DE,true\r\n".Replace(',', separator)).Window;

        Assert.Equal(3, window.Rows);
        Assert.Equal(["amount", "country", "paid"], window.Names);
        Assert.Equal([-3, 12.5], window.Find("amount")!.Numbers.Exact.Select(one => one.Value));
        Assert.Equal(1, window.MissingOf("amount"));
        Assert.Equal(["DE", $"A\"T\n{separator}"], window.Find("country")!.Names.Categories.Select(one => one.Name));
        Assert.Equal(FeatureKind.Boolean, window.Find("paid")!.Kind);
    }

    [Theory]
    [InlineData("NA")]
    [InlineData("null")]
    [InlineData("\\N")]
    [InlineData(" ")]
    public void What_stands_for_no_value_is_missing(string text) => Assert.Equal(1, Read($"a,b\n1,2\n{text},3\n").Window.MissingOf("a"));

    [Theory]
    [InlineData("0.1")]
    [InlineData("-12345.678")]
    [InlineData("1e5")]
    [InlineData("4.9e-324")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("9007199254740993")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("0.000000000000000000000000000012345")]
    [InlineData("+7")]
    [InlineData("5.")]
    [InlineData(".5")]
    public void Numbers_are_read_to_the_last_digit(string text) =>
        Assert.Equal(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture), Assert.Single(Read($"a,b\n{text},x\n").Window.Find("a")!.Numbers.Exact).Value);

    [Fact]
    public void Random_numbers_are_read_as_the_framework_reads_them()
    {
        var random = new Random(3);
        for (var draw = 0; draw < 20_000; draw++)
        {
            var value = draw % 3 == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64()) : Math.Round(random.Normal() * 1e4, random.Next(12));
            var text = value.ToString(draw % 2 == 0 ? "R" : "F6", System.Globalization.CultureInfo.InvariantCulture);
            if (double.IsFinite(value))
            {
                Assert.True(NumberText.TryParse(Encoding.UTF8.GetBytes(text), out var read), text);
                Assert.Equal(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture), read);
            }
        }
    }

    [Theory]
    [InlineData("NaN", 1, 0)]
    [InlineData("-inf", 0, 1)]
    [InlineData("Infinity", 0, 1)]
    public void NaN_and_infinities_are_counted_beside_the_numbers(string text, long nan, long infinite)
    {
        var numbers = Read($"a,b\n1,2\n{text},3\n").Window.Find("a")!.Numbers;

        Assert.Equal((nan, infinite, 1), (numbers.NaN, numbers.PositiveInfinite + numbers.NegativeInfinite, numbers.Count));
    }

    [Fact]
    public void Json_lines_keep_types_nest_with_dots_and_count_what_they_do_not_look_into()
    {
        var reading = Read("""
            {"a": 1.5, "who": {"age": 30, "country": "D\u00fc"}, "tags": [1, 2], "ok": true}
            {"a": "2.5", "who": {"age": null}}

            {"a": 3
            [1]
            """);

        Assert.Equal((2, 2), (reading.Window.Rows, reading.Window.Unreadable));
        Assert.Equal(["a", "who.age", "who.country", "tags", "ok"], reading.Window.Names);
        Assert.Equal(1, reading.Window.Find("a")!.Names.Count);
        Assert.Equal("Dü", Assert.Single(reading.Window.Find("who.country")!.Names.Categories).Name);
        Assert.Equal(1, reading.Window.MissingOf("who.age"));
        Assert.Equal(1, reading.Window.Find("tags")!.Composite);
        Assert.Contains(reading.Warnings, warning => warning.Contains("2 rows could not be read and were skipped (first: line 4)", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_nested_ten_thousand_deep_is_one_unreadable_row()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);

        Assert.Equal((1, 1), (Read($"{{\"a\":1}}\n{deep}\n").Window.Rows, Read($"{{\"a\":1}}\n{deep}\n").Window.Unreadable));
    }

    [Fact]
    public void Gzip_is_read_as_what_it_holds_and_hashed_as_it_lies_there()
    {
        var plain = Csv(50_000);
        var packed = Gzip(plain);
        var (a, b) = (Read(plain), Read(packed));

        Assert.Equal(a.Window.Rows, b.Window.Rows);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(packed)), b.Sha256);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(plain)), a.Sha256);
        Assert.Equal(packed.Length, b.Bytes);
    }

    [Fact]
    public void A_truncated_gzip_is_an_error()
    {
        var packed = Gzip(Csv(50_000));

        var failure = Assert.Throws<ExpectedException>(() => Read(packed[..(packed.Length / 2)]));
        Assert.Contains("truncated", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_row_is_counted_once_however_many_blocks_and_workers_there_are(int workers)
    {
        var window = Read(Csv(200_000), new DataOptions { Workers = workers }).Window;

        Assert.Equal(200_000, window.Rows);
        Assert.Equal(200_000, window.Find("id")!.Numbers.Count);
        Assert.Equal(0, window.Find("id")!.Numbers.Min);
        Assert.Equal(199_999, window.Find("id")!.Numbers.Max);
        Assert.Equal(100_000, window.Find("id")!.Numbers.Quantile(0.5), 500.0);
        Assert.Equal(200_000, window.Find("text")!.Names.Count);
    }

    [Fact]
    public void Quoted_line_ends_never_split_a_row_where_blocks_are_cut()
    {
        var text = new StringBuilder("id,text\n");
        for (var row = 0; row < 60_000; row++)
        {
            text.Append(row).Append(",\"line\nof \"\"").Append(row % 7).Append("\"\"\n\"\n");
        }

        var window = Read(text.ToString()).Window;
        Assert.Equal((60_000, 60_000, 7), (window.Rows, window.Find("id")!.Numbers.Count, window.Find("text")!.Names.Distinct));
        Assert.Equal(0, window.Unreadable);
    }

    [Fact]
    public void A_repeated_header_is_skipped_and_counted()
    {
        var reading = Read("a,b\n1,2\na,b\n3,4\n");

        Assert.Equal((2, FeatureKind.Number), (reading.Window.Rows, reading.Window.Find("a")!.Kind));
        Assert.Contains("1 rows repeat the header", Assert.Single(reading.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_changes_in_the_middle_is_an_error_with_its_line()
    {
        var rows = string.Concat(Enumerable.Range(0, 20).Select(row => $"{row},{row},{row}\n"));

        var failure = Assert.Throws<ExpectedException>(() => Read($"a,b,c\n{rows}a,b,d\n{rows}"));
        Assert.Contains("data:22: the header changes here: 'd' is new", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b,a\n1,2,3\n", "two columns are called 'a': 1 and 3")]
    [InlineData("1,2,3\n4,5,6\n", "the first line holds numbers, not names")]
    [InlineData("", "is empty")]
    [InlineData("[{\"a\":1}]", "is a JSON array")]
    [InlineData("a,b\n", "there is no row that can be read")]
    [InlineData("PAR1xxxx", "is a Parquet file")]
    [InlineData("a\0b,c\n1,2\n", "is no text")]
    public void What_is_no_data_says_so(string data, string message) =>
        Assert.Contains(message, Assert.Throws<ExpectedException>(() => Read(data)).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_of_another_length_are_counted_with_the_first_line()
    {
        var reading = Read("a,b\n1,2\n3\n4,5,6\n");

        Assert.Equal((3, 1), (reading.Window.Rows, reading.Window.MissingOf("b")));
        Assert.Contains("2 rows have another number of fields than the header (first: line 3)", Assert.Single(reading.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_columns_are_read_in_bounded_memory()
    {
        var header = string.Join(',', Enumerable.Range(0, 100_000).Select(column => $"c{column}"));
        var row = string.Join(',', Enumerable.Range(0, 100_000));
        var reading = Read($"{header}\n{row}\n{row}\n{row}\n");

        Assert.Equal((3, WindowSketch.MostFeatures), (reading.Window.Rows, reading.Window.Names.Count));
        Assert.Equal(3 * (100_000 - WindowSketch.MostFeatures), reading.Window.ExcessValues);
        Assert.Contains(reading.Warnings, warning => warning.Contains("choose columns by name", StringComparison.Ordinal));
    }

    [Fact]
    public void A_string_of_several_megabytes_is_a_value_and_an_unclosed_quote_an_error()
    {
        var huge = new string('x', 3 << 20);
        Assert.Equal(2, Read($"a,b\n1,{huge}\n2,y\n").Window.Find("b")!.Names.Distinct);

        var failure = Assert.Throws<ExpectedException>(() => Read($"a,b\n1,\"{new string('y', 20 << 20)}"));
        Assert.Contains("data:2: a record is longer than 16 MiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_chosen_and_kinds_declared_and_a_misspelt_one_names_the_nearest()
    {
        var options = new DataOptions { Columns = ["zip"], Kinds = new Dictionary<string, FeatureKind> { ["zip"] = FeatureKind.Category } };
        var window = Read("zip,amount\n00123,1\n00123,2\n", options).Window;

        Assert.Equal(["zip"], window.Names);
        Assert.Equal("00123", Assert.Single(window.Find("zip")!.Names.Categories).Name);
        Assert.Equal("did you mean 'amount'?", Assert.Throws<ExpectedException>(() => Read("zip,amount\n1,1\n", new DataOptions { Columns = ["amont"] })).Remedy is var remedy ? remedy : "");
    }

    [Fact]
    public void Random_bytes_end_in_a_window_or_in_a_message()
    {
        var random = new Random(4);
        const string Alphabet = "a1,;\"\n\r{}[]:.-eN\t ";
        for (var attempt = 0; attempt < 600; attempt++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                Assert.True(Read((attempt % 2 == 0 ? "a,b\n" : "{\"a\":1}\n") + text).Window.Rows > 0);
            }
            catch (ExpectedException expected)
            {
                Assert.Equal(ExitCode.Usage, expected.ExitCode);
            }
        }
    }

    private static byte[] Csv(int rows)
    {
        var text = new StringBuilder("id,text,value\n");
        var random = new Random(1);
        for (var row = 0; row < rows; row++)
        {
            text.Append(row).Append(",t").Append(row % 5).Append(',').Append(Math.Round(random.NextDouble(), 4)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var to = new MemoryStream();
        using (var packing = new GZipStream(to, CompressionLevel.Fastest))
        {
            packing.Write(plain);
        }

        return to.ToArray();
    }

    private static DataReading Read(string text, DataOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    private static DataReading Read(byte[] bytes, DataOptions? options = null) =>
        DataReader.Read([new DataSource("data", () => new MemoryStream(bytes))], options ?? new DataOptions(), TestContext.Current.CancellationToken);
}
