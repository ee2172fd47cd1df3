namespace MlDeploy.Specs.Aws.Twin.CloudFormation;

/// <summary>ECS services in stacks: real tasks behind them, and the traps of the CODE_DEPLOY controller.</summary>
[Collection(RunningTwin.Collection)]
public sealed class ServiceStackSpecs(RunningTwin twin)
{
    private readonly StackDriver stacks = new(twin);

    [Fact]
    public async Task A_service_completes_once_its_tasks_are_steady_and_codedeploy_alone_may_change_what_it_runs()
    {
        twin.Require();
        await stacks.CreateAsync("serving", Template("registry/app:1", "v1", count: 1));
        Assert.Equal("CREATE_COMPLETE", await stacks.RestsAsync("serving"));
        var service = (await twin.JsonAsync("ecs", "DescribeServices", """{"cluster":"main","services":["serving"]}"""))["services"]![0]!;
        Assert.Equal((1, 1), ((int)service["runningCount"]!, (int)service["desiredCount"]!));

        await stacks.UpdateAsync("serving", Template("registry/app:1", "v1", count: 2));
        Assert.Equal("UPDATE_COMPLETE", await stacks.RestsAsync("serving"));
        await stacks.UpdateAsync("serving", Template("registry/app:1", "v2", count: 2));
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", await stacks.RestsAsync("serving"));
        Assert.Contains("Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.",
            await stacks.ReasonAsync("serving", "Service", "UPDATE_FAILED"), StringComparison.Ordinal);

        var id = await stacks.IdAsync("serving");
        await stacks.DeleteAsync("serving");
        Assert.Equal("DELETE_COMPLETE", await stacks.RestsAsync(id));
    }

    /// <summary>What holds a stack for hours on AWS does so here: nothing but a delete gets it out.</summary>
    [Fact]
    public async Task A_service_whose_image_is_nowhere_stays_in_progress_until_its_stack_is_deleted()
    {
        twin.Require();
        await stacks.CreateAsync("stuck", Template("registry/nowhere:1", "v1", count: 1));
        await RunningTwin.BecomesAsync(async () => (await stacks.EventsAsync("stuck")).Count(one => one == "Service CREATE_IN_PROGRESS") == 2, "the service is made");
        await twin.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("CREATE_IN_PROGRESS", await stacks.StatusAsync("stuck"));
        var id = await stacks.IdAsync("stuck");
        await stacks.DeleteAsync("stuck");
        Assert.Equal("DELETE_COMPLETE", await stacks.RestsAsync(id));
        Assert.Equal("Resource creation cancelled", await stacks.ReasonAsync(id, "Service", "CREATE_FAILED"));
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_service_that_never_gets_healthy_fails_after_three_hours()
    {
        twin.Require();
        var started = twin.Server.Clock.GetUtcNow();
        await stacks.CreateAsync("hopeless", Template("registry/nowhere:1", "v1", count: 1), ("OnFailure", "DO_NOTHING"));
        await twin.PassAsync(TimeSpan.FromMinutes(55));
        await twin.PassAsync(TimeSpan.FromMinutes(55));
        await twin.PassAsync(TimeSpan.FromMinutes(55));
        Assert.Equal("CREATE_FAILED", await stacks.RestsAsync("hopeless"));
        Assert.InRange(twin.Server.Clock.GetUtcNow() - started, TimeSpan.FromHours(3), TimeSpan.FromHours(3.5));
        Assert.Contains("Exceeded attempts to wait", await stacks.ReasonAsync("hopeless", "Service", "CREATE_FAILED"), StringComparison.Ordinal);
        await stacks.DeleteAsync("hopeless");
    }

    private string Template(string image, string version, int count) => $$"""
        Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Cpu: "256"
              Memory: "512"
              NetworkMode: awsvpc
              RequiresCompatibilities: [FARGATE]
              ContainerDefinitions: [{ Name: app, Image: "{{image}}", PortMappings: [{ ContainerPort: 8080 }], Environment: [{ Name: TESTAPP_VERSION, Value: {{version}} }] }]
          Service:
            Type: AWS::ECS::Service
            Properties:
              ServiceName: !Ref AWS::StackName
              Cluster: main
              TaskDefinition: !Ref Task
              DesiredCount: {{count}}
              LaunchType: FARGATE
              DeploymentController: { Type: CODE_DEPLOY }
              NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{{twin.Subnets[0]}}] } }
        """;
}
