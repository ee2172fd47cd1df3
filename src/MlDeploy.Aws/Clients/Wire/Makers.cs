using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>Reads and makes a list whose element type is known only at run time.</summary>
internal interface IListMaker
{
    IEnumerable<object> Items(object list);

    object Make(IEnumerable<object> items);
}

internal sealed class ListMaker<T> : IListMaker
{
    public IEnumerable<object> Items(object list) => ((ImmutableArray<T>)list) is { IsDefault: false } items ? items.Select(item => (object)item!) : [];

    public object Make(IEnumerable<object> items) => items.Cast<T>().ToImmutableArray();
}

/// <summary>The same for a map.</summary>
internal interface IMapMaker
{
    IEnumerable<KeyValuePair<string, object>> Items(object map);

    object Make(IEnumerable<KeyValuePair<string, object>> items);
}

internal sealed class MapMaker<T> : IMapMaker
{
    public IEnumerable<KeyValuePair<string, object>> Items(object map) =>
        ((ImmutableSortedDictionary<string, T>)map).Select(pair => KeyValuePair.Create(pair.Key, (object)pair.Value!));

    public object Make(IEnumerable<KeyValuePair<string, object>> items) =>
        items.ToImmutableSortedDictionary(pair => pair.Key, pair => (T)pair.Value, StringComparer.Ordinal);
}
