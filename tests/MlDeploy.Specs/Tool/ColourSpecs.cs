using MlDeploy.Tool.Output;

namespace MlDeploy.Specs.ToolShell;

public sealed class ColourSpecs
{
    [Theory]
    [InlineData(true, false, null, "xterm", true)]
    [InlineData(true, false, "", "xterm", true)] // no-color.org: present and not empty
    [InlineData(true, false, "1", "xterm", false)]
    [InlineData(true, true, null, "xterm", false)]
    [InlineData(true, false, null, "dumb", false)]
    [InlineData(false, false, null, "xterm", false)]
    public void Colour_only_on_a_terminal_that_was_not_told_otherwise(bool terminal, bool option, string? noColor, string term, bool colour)
    {
        var palette = Palette.For(terminal, option, name => name == "NO_COLOR" ? noColor : name == "TERM" ? term : null);

        Assert.Equal(colour, palette.Colour);
        Assert.Equal(colour ? "\e[31mbad\e[0m" : "bad", palette.Paint(Tone.Bad, "bad"));
    }

    [Fact]
    public async Task Errors_are_coloured_on_a_terminal_and_the_option_turns_it_off()
    {
        var coloured = await ToolRun.Of(given => given with { MessagesAreTerminal = true }, "train");
        var plain = await ToolRun.Of(given => given with { MessagesAreTerminal = true }, "train", "--no-color");

        Assert.StartsWith("\e[31merror:\e[0m", coloured.Messages, StringComparison.Ordinal);
        Assert.StartsWith("error:", plain.Messages, StringComparison.Ordinal);
    }
}
