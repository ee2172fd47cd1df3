using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients;

/// <summary>Follows the token that each page of a list gives for the next.</summary>
internal static class Pages
{
    public static async IAsyncEnumerable<TItem> All<TPage, TItem>(Func<string?, Task<TPage>> read, Func<TPage, ImmutableArray<TItem>> items, Func<TPage, string?> next)
    {
        string? token = null;
        do
        {
            var page = await read(token);
            foreach (var item in items(page))
            {
                yield return item;
            }

            // A page that names itself as the next would be read for ever.
            var following = next(page);
            token = string.IsNullOrEmpty(following) || following == token ? null : following;
        }
        while (token is not null);
    }
}
