using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>The shape of each type, read once by reflection. Types it does not know are a mistake of ours and throw.</summary>
internal sealed class Shapes
{
    private readonly ConcurrentDictionary<Type, Shape> known = new();

    public Shape Of(Type type) => known.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, Read);

    public StructureShape Structure(Type type) => (StructureShape)Of(type);

    private Shape Read(Type type)
    {
        if (Scalar(type) is { } kind)
        {
            return new ScalarShape(kind);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            var element = type.GetGenericArguments()[0];
            return new ListShape(Of(element), (IListMaker)Activator.CreateInstance(typeof(ListMaker<>).MakeGenericType(element))!);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>) && type.GetGenericArguments() is [var key, var value] && key == typeof(string))
        {
            return new MapShape(Of(value), (IMapMaker)Activator.CreateInstance(typeof(MapMaker<>).MakeGenericType(value))!);
        }

        return type.IsClass && type.GetConstructor(Type.EmptyTypes) is not null
            ? new StructureShape(type, new Lazy<IReadOnlyList<ShapeMember>>(() => Members(type)))
            : throw new InvalidOperationException($"{type} has no form on the wire");
    }

    private static ScalarKind? Scalar(Type type) => type switch
    {
        _ when type == typeof(string) => ScalarKind.Text,
        _ when type == typeof(int) => ScalarKind.Integer,
        _ when type == typeof(long) => ScalarKind.Long,
        _ when type == typeof(double) => ScalarKind.Real,
        _ when type == typeof(bool) => ScalarKind.Boolean,
        _ when type == typeof(DateTimeOffset) => ScalarKind.Time,
        _ when type == typeof(byte[]) => ScalarKind.Blob,
        _ when type == typeof(JsonObject) => ScalarKind.Document,
        _ => null,
    };

    private List<ShapeMember> Members(Type type) =>
    [
        .. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.CanWrite
           let nullable = Nullable.GetUnderlyingType(property.PropertyType) is not null
           select new ShapeMember(
               property,
               property.GetCustomAttribute<WireNameAttribute>()?.Name,
               Of(property.PropertyType),
               property.GetCustomAttribute<RequiredMemberAttribute>() is not null,
               nullable || IsNullableReference(property)),
    ];

    private static bool IsNullableReference(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
}
