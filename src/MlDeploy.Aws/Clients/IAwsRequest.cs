namespace MlDeploy.Aws.Clients;

/// <summary>
/// The input of one operation. The action is the type's name without "Request"; the members are those of the
/// service's API model, with a capital first letter. A list or map that is empty is not sent unless its type is
/// nullable, which tells "none" (empty) from "as it is" (null).
/// </summary>
/// <typeparam name="TResponse">What the operation answers.</typeparam>
public interface IAwsRequest<TResponse>;

/// <summary>The answer of an operation that tells nothing, or nothing that is read here.</summary>
public sealed record EmptyResponse;
