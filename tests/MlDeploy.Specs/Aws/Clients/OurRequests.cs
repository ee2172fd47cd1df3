using System.Reflection;
using MlDeploy.Aws.Clients;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>Every request record of the product, found by its interface, with the service of its namespace.</summary>
internal static class OurRequests
{
    public static IReadOnlyList<(AwsService Service, Type Request, Type Response)> All { get; } =
    [
        .. from type in typeof(AwsSession).Assembly.GetTypes()
           let asks = type.GetInterfaces().FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IAwsRequest<>))
           where asks is not null && !type.IsAbstract
           orderby type.FullName
           select (Service(type), type, asks.GetGenericArguments()[0]),
    ];

    public static string Action(Type request) => request.Name[..^"Request".Length];

    private static AwsService Service(Type type) =>
        (AwsService)typeof(AwsServices).GetProperty(type.Namespace!.Split('.')[^1], BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
}
