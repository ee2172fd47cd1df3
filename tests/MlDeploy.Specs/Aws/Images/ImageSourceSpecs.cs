using MlDeploy.Aws.Images;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>How `application.image` says where the image comes from.</summary>
public sealed class ImageSourceSpecs
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Each_kind_is_told_by_how_it_begins()
    {
        Assert.Equal(new ImageSource.Archive("/app/out/app.tar", null), ImageSource.Parse("archive:out/app.tar", "/app"));
        Assert.Equal(new ImageSource.Archive("/tmp/app.tar", "fraud:2"), ImageSource.Parse("archive:/tmp/app.tar#fraud:2", "/app"));
        Assert.Equal(new ImageSource.Layout("/app/layout", null), ImageSource.Parse("oci:layout", "/app"));
        Assert.Equal(new ImageSource.Engine("docker", "fraud:1"), ImageSource.Parse("docker:fraud:1", "/app"));
        Assert.Equal(new ImageSource.Engine("podman", "localhost/fraud:1"), ImageSource.Parse("podman:localhost/fraud:1", "/app"));
        Assert.Equal(new ImageSource.Engine(null, "team/fraud:1"), ImageSource.Parse("team/fraud:1", "/app"));
    }

    [Theory]
    [InlineData("registry.example/fraud:1.4.0", "registry.example", "fraud", "1.4.0", null)]
    [InlineData("localhost:5000/a/b:1", "localhost:5000", "a/b", "1", null)]
    [InlineData("[::1]:5000/a:1", "[::1]:5000", "a", "1", null)]
    [InlineData("docker.io/library/nginx:mainline-alpine", "docker.io", "library/nginx", "mainline-alpine", null)]
    [InlineData("registry.example/fraud@" + Digest, "registry.example", "fraud", null, Digest)]
    [InlineData("registry.example/fraud:1@" + Digest, "registry.example", "fraud", "1", Digest)]
    public void A_name_with_a_host_is_in_that_registry(string text, string host, string repository, string? tag, string? digest)
    {
        var reference = Assert.IsType<ImageSource.Registry>(ImageSource.Parse(text, "/app")).Reference;

        Assert.Equal((host, repository, tag, digest), (reference.Host, reference.Repository, reference.Tag, reference.Digest?.ToString()));
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("achive:./app.tar", "did you mean archive:./app.tar")]
    [InlineData("archve:app.tar", "did you mean archive:app.tar")]
    [InlineData("dockr:fraud:1", "did you mean docker:fraud:1")]
    [InlineData("docker-archive:app.tar", "write archive:app.tar")]
    [InlineData("containers-storage:fraud:1", "write podman:fraud:1")]
    [InlineData("./app.tar", "write archive:./app.tar")]
    [InlineData("out.tar.gz", "write archive:out.tar.gz")]
    [InlineData("archive:", "write archive:PATH")]
    [InlineData("fraud", "write fraud:TAG")]
    [InlineData("docker:fraud", "write docker:fraud:TAG")]
    [InlineData("registry.example/fraud", "write registry.example/fraud:TAG")]
    [InlineData("registry.example/Fraud:1", "write HOST/REPOSITORY:TAG")]
    [InlineData("registry.example/fraud@sha256:12", "write HOST/REPOSITORY:TAG")]
    [InlineData("registry.example/fraud:a b", "write HOST/REPOSITORY:TAG")]
    [InlineData("--output=/etc/passwd:1", "write NAME:TAG")]
    [InlineData("docker:-o:1", "write NAME:TAG")]
    [InlineData("docker:a;b:1", "write NAME:TAG")]
    public void What_is_written_wrong_is_told_with_the_nearest_right_way(string text, string remedy)
    {
        var wrong = Assert.Throws<ExpectedException>(() => ImageSource.Parse(text, "/app"));

        Assert.Equal(ExitCode.Usage, wrong.ExitCode);
        Assert.StartsWith(remedy, wrong.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-central-1.amazonaws.com", true)]
    [InlineData("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", true)]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", true)]
    [InlineData("123456789012.dkr-ecr.eu-central-1.on.aws", true)]
    [InlineData("123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example", false)]
    [InlineData("evil.example", false)]
    [InlineData("public.ecr.aws", false)]
    public void The_token_of_ECR_goes_to_ECR_only(string host, bool ecr) => Assert.Equal(ecr, EcrCredentials.IsEcr(host));
}
