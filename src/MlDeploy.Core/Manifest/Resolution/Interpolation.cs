using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Resolution;

/// <summary>
/// Fills `${NAME}` and `${NAME:-default}` in values (never in keys or structure: what a variable holds cannot become YAML).
/// `$$` is a dollar; a `$` before anything else is itself, so JSON paths stay as they are.
/// As in a shell, `:-` also replaces a variable that is set and empty.
/// </summary>
/// <param name="lenient">True for an environment that is not selected: a variable that is not set makes its value unknown, not wrong.</param>
internal sealed class Interpolation(Func<string, string?> variable, ProblemList problems, bool lenient)
{
    private readonly Dictionary<Node, Node> filled = new(ReferenceEqualityComparer.Instance);
    private int characters;

    public Node Fill(Node node, SettingPath path) => node switch
    {
        ScalarNode scalar => scalar.Text.Contains('$', StringComparison.Ordinal) ? FillScalar(scalar, path) : scalar,
        ListNode list => Kept(list, () => FillList(list, path)),
        MapNode map => Kept(map, () => FillMap(map, path)),
        _ => node,
    };

    /// <summary>What aliases share is filled once.</summary>
    private Node Kept(Node node, Func<Node> fill)
    {
        if (!filled.TryGetValue(node, out var done))
        {
            done = fill();
            filled[node] = done;
        }

        return done;
    }

    private ListNode FillList(ListNode list, SettingPath path)
    {
        var items = list.Items.Select((item, at) => Fill(item, path.Item(at))).ToImmutableArray();
        return Same(items, list.Items) ? list : new ListNode(list.Mark, items);
    }

    private MapNode FillMap(MapNode map, SettingPath path)
    {
        var entries = map.Entries.Select(entry => entry with { Value = Fill(entry.Value, path.Key(entry.Key)) }).ToImmutableArray();
        return Unchanged(entries, map.Entries) ? map : new MapNode(map.Mark, entries);
    }

    private static bool Unchanged(ImmutableArray<Entry> filled, ImmutableArray<Entry> written)
    {
        for (var at = 0; at < filled.Length; at++)
        {
            if (!ReferenceEquals(filled[at].Value, written[at].Value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Same(ImmutableArray<Node> left, ImmutableArray<Node> right) => left.AsSpan().SequenceEqual(right.AsSpan());

    private ScalarNode FillScalar(ScalarNode scalar, SettingPath path)
    {
        var text = scalar.Text;
        var result = new StringBuilder();
        var known = true;
        var fromEnvironment = false;
        var at = 0;
        while (at < text.Length)
        {
            var dollar = text.IndexOf('$', at);
            if (dollar < 0 || dollar == text.Length - 1 || text[dollar + 1] is not ('$' or '{'))
            {
                var end = dollar < 0 ? text.Length : dollar + 1;
                result.Append(text, at, end - at);
                at = end;
                continue;
            }

            result.Append(text, at, dollar - at);
            if (text[dollar + 1] == '$')
            {
                result.Append('$');
                at = dollar + 2;
                continue;
            }

            var close = text.IndexOf('}', dollar);
            if (close < 0 || Expression.Parse(text[(dollar + 2)..close]) is not { } expression)
            {
                var found = close < 0 ? text[dollar..] : text[dollar..(close + 1)];
                problems.Add(scalar.Mark, path.ToString(), "holds a variable that cannot be read", $"`{ProblemList.Shorten(found)}`", "${NAME} or ${NAME:-default}",
                    "Write the variable so; write $$ for a dollar before a brace.");
                return new ScalarNode(scalar.Mark, text, ScalarKind.Unknown);
            }

            known &= Append(expression, scalar, path, result, ref fromEnvironment);
            at = close + 1;
        }

        if (!known)
        {
            return new ScalarNode(scalar.Mark, text, ScalarKind.Unknown);
        }

        var whole = text.StartsWith("${", StringComparison.Ordinal) && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1;
        return new ScalarNode(scalar.Mark, result.ToString(), whole ? ScalarKind.Filled : scalar.Kind == ScalarKind.Plain && result.Length > 0 ? ScalarKind.Plain : ScalarKind.Quoted,
            fromEnvironment ? text : null);
    }

    private bool Append(Expression expression, ScalarNode scalar, SettingPath path, StringBuilder result, ref bool fromEnvironment)
    {
        var value = variable(expression.Name);
        if (expression.Default is not null && string.IsNullOrEmpty(value))
        {
            result.Append(expression.Default);
            return true;
        }

        if (value is null)
        {
            if (!lenient)
            {
                problems.Add(scalar.Mark, path.ToString(), $"needs the environment variable {expression.Name}, which is not set", $"`{ProblemList.Shorten(scalar.Text)}`", null,
                    $"Set {expression.Name}, or write a default: ${{{expression.Name}:-…}}.");
            }

            return false;
        }

        characters += value.Length;
        if (characters > YamlLimits.FilledCharacters)
        {
            problems.Add(scalar.Mark, path.ToString(), "is filled with too much text", $"more than {YamlLimits.FilledCharacters:N0} characters in all", null, $"Check what {expression.Name} holds.");
            return false;
        }

        fromEnvironment = true;
        result.Append(value);
        return true;
    }

    private sealed record Expression(string Name, string? Default)
    {
        public static Expression? Parse(string inside)
        {
            var split = inside.IndexOf(":-", StringComparison.Ordinal);
            var name = split < 0 ? inside : inside[..split];
            return Names.IsVariable(name) ? new Expression(name, split < 0 ? null : inside[(split + 2)..]) : null;
        }
    }
}
