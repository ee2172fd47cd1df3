using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Specs.ToolShell;

public sealed class NearestNameSpecs
{
    [Theory]
    [InlineData("deply", "deploy")]
    [InlineData("dpeloy", "deploy")]
    [InlineData("staus", "status")]
    [InlineData("rolback", "rollback")]
    [InlineData("xyzzy", null)]
    [InlineData("s", null)]
    public void A_slip_of_the_fingers_is_recognised_and_a_guess_is_not_made(string written, string? meant)
    {
        Assert.Equal(meant, NearestName.Of(written, ["deploy", "status", "rollback", "logs", "-h"]));
    }
}
