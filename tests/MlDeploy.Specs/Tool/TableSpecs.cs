using MlDeploy.Tool.Output;

namespace MlDeploy.Specs.ToolShell;

public sealed class TableSpecs
{
    [Fact]
    public void Words_stand_left_numbers_right_and_what_is_missing_is_a_dash()
    {
        var table = new Table("version", ">weight", "health")
            .Add("v1", "100 %", new Cell("healthy", Tone.Good))
            .Add("v2-retrained", "5 %", new Cell(null));

        Assert.Equal(2, table.Count);
        Assert.Equal(
            """
            VERSION       WEIGHT  HEALTH
            v1             100 %  healthy
            v2-retrained     5 %  –

            """,
            Written(table, Palette.None));
    }

    [Fact]
    public void Colour_does_not_move_the_columns()
    {
        var table = new Table("version", "health").Add(new Cell("v1", Tone.Bad), "x").Add("v22", "y");
        var coloured = Written(table, new Palette(colour: true));

        Assert.Contains("\e[31mv1\e[0m       x\n", coloured, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_another_length_is_a_mistake()
    {
        Assert.Throws<ArgumentException>(() => new Table("a", "b").Add("only one"));
    }

    private static string Written(Table table, Palette palette)
    {
        using var text = new StringWriter { NewLine = "\n" };
        table.Write(text, palette);
        return text.ToString();
    }
}
