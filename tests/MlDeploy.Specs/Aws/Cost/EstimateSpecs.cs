using MlDeploy.Aws.Cost;
using MlDeploy.Aws.Templates;
using MlDeploy.Specs.Aws.Templates;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Aws.Cost;

public class EstimateSpecs
{
    [Fact]
    public void An_estimate_reads_as_its_golden_says() =>
        Golden.Match("tests/MlDeploy.Specs/Aws/Cost/estimate.golden", CostText.Of(Estimate("eu-central-1",
            "scaling={min: 2, max: 6, on: {cpu: 70%, requestsPerMinute: 600}}", "training={}", "targets.aws.network={vpc: new, nat: perZone}", "rollout.gates=[{metric: http.errors, max: 5%}, {metric: cpu, max: 90%}]")));

    [Fact]
    public void The_sum_is_that_of_the_lines_and_each_line_is_its_count_by_its_price()
    {
        var cost = Estimate("us-east-1");
        Assert.Equal(cost.Lines.Sum(line => line.Month), cost.Month);
        Assert.All(cost.Lines, line => Assert.Equal(Math.Round(line.Count * line.UnitPrice * (line.Hourly ? 730 : 1), 2, MidpointRounding.AwayFromZero), line.Month));
        Assert.Equal(16.43m, cost.Lines.Single(line => line.What == "load balancer").Month);
        Assert.Equal(32.85m, cost.Lines.Single(line => line.What == "NAT gateway").Month);
    }

    [Theory]
    [InlineData("targets.aws.network={vpc: new, nat: perZone}", "NAT gateway", 2)]
    [InlineData("targets.aws.network={vpc: vpc-1a, subnets: [subnet-1, subnet-2]}", "NAT gateway", 0)]
    [InlineData("targets.aws.scheme=internal", "public IPv4 address", 1)]
    [InlineData("targets.aws.network={vpc: new, nat: perZone}", "public IPv4 address", 4)]
    [InlineData("targets.aws.network={vpc: vpc-1a, subnets: [subnet-1, subnet-2], publicAddresses: true} ; scaling.min=3", "public IPv4 address", 5)]
    [InlineData("scaling.min=3 ; application.resources={cpu: 1024, memory: 2048}", "Fargate vCPU, 3 tasks", 3)]
    [InlineData("scaling.min=3 ; application.resources={cpu: 1024, memory: 2048}", "Fargate GB of memory, 3 tasks", 6)]
    [InlineData("rollout.gates=[{metric: http.errors, max: 5%}, {metric: memory, max: 90%}]", "Container Insights metric", 48)]
    [InlineData("targets.aws.overrides={Dashboard: null} ; targets.aws.network={vpc: new}", "dashboard", 0)]
    [InlineData("scaling={max: 2, on: {requestsPerMinute: 60}}", "metric read by an alarm, those of scaling too", 9)]
    public void What_is_created_is_counted(string set, string what, int count) =>
        Assert.Equal(count, Estimate("eu-west-1", set.Split(" ; ")).Lines.Where(line => line.What == what).Sum(line => line.Count));

    [Fact]
    public void A_notebook_without_a_price_is_told_and_not_left_out_in_silence()
    {
        var cost = Estimate("eu-central-1", "training.notebook=ml.c5.9xlarge");
        Assert.Contains("the notebook: ml.c5.9xlarge is not in the price table", cost.LeftOut);
    }

    [Fact]
    public void There_is_no_estimate_for_a_region_without_prices()
    {
        Assert.Null(MonthlyEstimate.Of(StackRenderer.Render(Reading.Valid(Rendering.OnAws), RenderFacts.None), "ap-south-2"));
        Assert.Equal(["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"], PriceTable.Regions);
        Assert.All(PriceTable.Regions, region => Assert.True(PriceTable.For(region)!.Unit.Values.All(price => price > 0)));
    }

    private static MonthlyCost Estimate(string region, params string[] set) =>
        MonthlyEstimate.Of(StackRenderer.RenderChecked(Reading.Valid(Rendering.OnAws, set: set), RenderFacts.None).Stacks, region)!;
}
