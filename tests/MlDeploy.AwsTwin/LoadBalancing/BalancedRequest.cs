namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>What the balancer did with one request, for the metrics.</summary>
/// <param name="Target">The group it was sent to; null when a rule answered itself or there was nobody to send it to.</param>
/// <param name="TargetStatus">The target's answer; null when it gave none, so that the balancer made one.</param>
/// <param name="BalancerStatus">The status the balancer made; null when it passed the target's on.</param>
/// <param name="ResponseTime">From the request leaving the balancer until the target's headers came, in real seconds.</param>
internal readonly record struct BalancedRequest(
    LoadBalancer LoadBalancer, TargetGroup? Target, int? TargetStatus, int? BalancerStatus, double? ResponseTime);
