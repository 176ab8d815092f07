using DToC.Cli.Reading;

namespace DToC.Cli.Mapping;

/// <summary>Turns the names of columns, templates and products of a mapping into lookups by index.</summary>
internal sealed class ColumnSet(IReadOnlyList<string> names)
{
    /// <summary>Number of columns.</summary>
    public int Count => names.Count;

    /// <summary>Index of a column.</summary>
    /// <exception cref="MappingFault">There is none of this name.</exception>
    public int IndexOf(string column)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == column)
                return i;
        }
        throw new MappingFault($"there is no column '{column}'; there are {string.Join(", ", names)}.");
    }

    /// <summary>A condition, ready to test rows.</summary>
    public Func<Row, bool> Test(RowCondition condition)
    {
        var index = IndexOf(condition.Column);
        return row =>
        {
            var field = row.Fields[index];
            return (condition.StartsWith is not { } start || field.StartsWith(start, StringComparison.Ordinal))
                && (condition.EqualTo is not { } equal || field == equal)
                && (condition.Empty is not { } empty || string.IsNullOrWhiteSpace(field) == empty)
                && (condition.Below is not { } below || NumberText.Parse(field) < below)
                && (condition.Above is not { } above || NumberText.Parse(field) > above);
        };
    }

    /// <summary>A template such as <c>cdnow-{row}</c>, ready to fill.</summary>
    public Func<Row, string> Template(string template)
    {
        var parts = new List<Func<Row, string>>();
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOf('{', at);
            var text = template[at..(open < 0 ? template.Length : open)];
            if (text.Length > 0)
                parts.Add(_ => text);
            if (open < 0)
                break;
            var close = template.IndexOf('}', open);
            if (close < 0)
                throw new MappingFault($"template '{template}' opens a brace and does not close it.");
            parts.Add(Placeholder(template[(open + 1)..close]));
            at = close + 1;
        }
        return row => string.Concat(parts.Select(part => part(row)));
    }

    /// <summary>A product such as <c>Quantity * UnitPrice</c>, ready to work out.</summary>
    public Func<Row, decimal> Product(string product)
    {
        var factors = product.Split('*', StringSplitOptions.TrimEntries).Select(Factor).ToArray();
        return row =>
        {
            var result = 1m;
            foreach (var factor in factors)
                result *= factor(row);
            return result;
        };
    }

    private Func<Row, decimal> Factor(string factor)
    {
        if (NumberText.TryParse(factor, out var constant))
            return _ => constant;
        var index = IndexOf(factor);
        return row => NumberText.Parse(row.Fields[index]);
    }

    private Func<Row, string> Placeholder(string name)
    {
        switch (name)
        {
            case "row":
                return row => row.Number.ToString();
            case "line":
                return row => row.Line.ToString();
            case "file":
                return row => row.File;
            default:
                var index = IndexOf(name);
                return row => row.Fields[index].Trim();
        }
    }
}
