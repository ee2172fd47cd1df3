using System.Collections;
using System.Reflection;
using System.Text;

namespace MlDeploy.Specs.Manifest;

/// <summary>A record written out with everything in it: records that hold arrays are equal only by reference, their texts by value.</summary>
internal static class Structure
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, "");
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, string path)
    {
        switch (value)
        {
            case null or string or bool or int or long or double or Enum or TimeSpan or DateTimeOffset:
                text.Append(path).Append(" = ").Append(value is double number ? number.ToString("R") : value ?? "null").Append('\n');
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    Write(text, entry.Value, $"{path}.{entry.Key}");
                }

                break;
            case IEnumerable items:
                var at = 0;
                foreach (var item in items)
                {
                    Write(text, item, $"{path}[{at++}]");
                }

                text.Append(path).Append(" has ").Append(at).Append('\n');
                break;
            default:
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
                {
                    Write(text, property.GetValue(value), $"{path}.{property.Name}");
                }

                foreach (var field in value.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance))
                {
                    Write(text, field.GetValue(value), $"{path}.{field.Name}");
                }

                break;
        }
    }
}
