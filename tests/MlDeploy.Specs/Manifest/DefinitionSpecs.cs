
namespace MlDeploy.Specs.Manifest;

public class DefinitionSpecs
{
    [Fact]
    public void The_reference_manifest_is_valid() => Reading.Valid(Reading.Reference);

    [Fact]
    public void The_reference_manifest_is_valid_in_production() => Reading.Valid(Reading.Reference, environment: "production");
}
