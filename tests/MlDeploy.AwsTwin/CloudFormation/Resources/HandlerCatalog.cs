namespace MlDeploy.AwsTwin.CloudFormation.Resources;

/// <summary>The types the twin can make.</summary>
internal sealed class HandlerCatalog
{
    private readonly Dictionary<string, ResourceHandler> handlers = new ResourceHandler[]
    {
        new VpcHandler(), new SubnetHandler(), new InternetGatewayHandler(), new VpcGatewayAttachmentHandler(), new EipHandler(), new NatGatewayHandler(),
        new RouteTableHandler(), new RouteHandler(), new SubnetRouteTableAssociationHandler(), new SecurityGroupHandler(),
        new SecurityGroupRuleHandler("Ingress"), new SecurityGroupRuleHandler("Egress"), new VpcEndpointHandler(),
        new LoadBalancerHandler(), new ListenerHandler(), new ListenerRuleHandler(), new TargetGroupHandler(),
        new EcsClusterHandler(), new TaskDefinitionHandler(), new EcsServiceHandler(),
        new RoleHandler(), new RolePolicyHandler(), new InlinePolicyHandler(), new ManagedPolicyHandler(),
        new LogGroupHandler(), new EcrRepositoryHandler(),
        new TopicHandler(), new SubscriptionHandler(), new TopicPolicyHandler(), new EventRuleHandler(),
        new AlarmHandler(), new DashboardHandler(), new ScalableTargetHandler(), new ScalingPolicyHandler(),
        new CodeDeployApplicationHandler(), new DeploymentConfigHandler(), new DeploymentGroupHandler(),
        new BucketHandler(), new BucketPolicyHandler(), new KeyHandler(), new KeyAliasHandler(),
        new NotebookHandler(), new NotebookLifecycleHandler(), new ScheduleHandler(),
    }.ToDictionary(handler => handler.Type);

    public ResourceHandler? Find(string type) => handlers.GetValueOrDefault(type);
}
