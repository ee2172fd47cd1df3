using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>What CodeDeploy makes of an error of a service that it calls.</summary>
internal static class Refusals
{
    public static Task EcsAsync(string role, Func<Task> call) => EcsAsync(role, async () =>
    {
        await call();
        return true;
    });

    /// <exception cref="DeploymentFailure"/>
    public static async Task<T> EcsAsync<T>(string role, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AwsError error)
        {
            throw Permission(role, error, "AmazonECS") ?? new DeploymentFailure("ECS_UPDATE_ERROR",
                $"The ECS service cannot be updated due to an unexpected error: {error.Message} (Service: AmazonECS; Status Code: {error.Status}; Error Code: {error.Code}; Request ID: {Guid.NewGuid()}; Proxy: null)");
        }
    }

    /// <exception cref="DeploymentFailure"/>
    public static async Task BalancerAsync(string role, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (AwsError error)
        {
            throw Permission(role, error, "AmazonElasticLoadBalancing") ?? new DeploymentFailure("ELASTIC_LOAD_BALANCING_INVALID",
                $"{error.Message} (Service: AmazonElasticLoadBalancing; Status Code: {error.Status}; Error Code: {error.Code}; Request ID: {Guid.NewGuid()}; Proxy: null)");
        }
    }

    private static DeploymentFailure? Permission(string role, AwsError error, string service) =>
        !error.Code.StartsWith("AccessDenied", StringComparison.Ordinal) ? null : new DeploymentFailure("IAM_ROLE_PERMISSIONS",
            $"The IAM role {role} does not give you permission to perform operations in the following AWS service: {service}. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant permissions to your users or groups by creating IAM policies.");
}
