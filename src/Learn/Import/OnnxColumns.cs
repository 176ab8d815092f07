using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>The columns a model of an ONNX graph reads, found by going back from it to the graph's inputs.</summary>
internal sealed class OnnxColumns
{
    private const int MaxSteps = 64 + PredictiveModel.MaxInputs;
    private const int Single = 1;
    private const int Double = 11;

    private static readonly string[] Known =
    [
        "Cast", "Identity", "Concat", "FeatureVectorizer", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Scaler",
        "Imputer", "Add", "Sub", "Mul", "Div", "ArrayFeatureExtractor", "Gather", "GatherElements",
    ];

    private readonly OnnxGraph _graph;
    private int _steps;

    private OnnxColumns(OnnxGraph graph) => _graph = graph;

    /// <summary>The columns, in the model's order.</summary>
    public static IReadOnlyList<OnnxColumn> Of(OnnxGraph graph, OnnxNode model)
    {
        if (model.Inputs.Count != 1)
            throw new InvalidDataException($"{model.Operator}: {model.Inputs.Count} inputs; one is known.");
        var columns = new OnnxColumns(graph).Read(model.Inputs[0]);
        if (columns.Select(column => column.Name).Distinct(StringComparer.Ordinal).Count() != columns.Count)
            throw new InvalidDataException("A feature is read twice on the way to the model.");
        return columns;
    }

    private List<OnnxColumn> Read(string value)
    {
        if (++_steps > MaxSteps)
            throw new InvalidDataException("There are too many operators before the model.");
        if (_graph.InputColumns(value) is { } names) return [.. names.Select(name => new OnnxColumn(name, []))];
        var node = _graph.Maker(value);
        if (!Known.Contains(node.Operator, StringComparer.Ordinal)) throw OnnxNode.Unknown(node, "before", Known);
        var columns = Read(node);
        node.End();
        return columns.Count is > 0 and <= PredictiveModel.MaxInputs
            ? columns
            : throw new InvalidDataException(
                $"{node.Operator}: it makes {columns.Count} columns; 1 to {PredictiveModel.MaxInputs} go.");
    }

    private List<OnnxColumn> Read(OnnxNode node)
    {
        switch (node.Operator)
        {
            case "Concat": return Joined(node);
            case "FeatureVectorizer": return Vector(node);
            case "Add" or "Sub" or "Mul" or "Div": return Arithmetic(node);
        }
        if (node.Inputs.Count == 0) throw new InvalidDataException($"{node.Operator}: it reads nothing.");
        var columns = Read(node.Inputs[0]);
        switch (node.Operator)
        {
            case "Cast":
                var type = node.Integer("to", Single);
                node.Ignore("saturate", "round_mode");
                if (type is not (Single or Double))
                    throw new InvalidDataException($"Cast: one to type {type} before the model is not known.");
                break;
            case "Reshape":
                node.Ignore("allowzero", "shape");
                var width = (node.Has("shape") ? [.. node.Integers("shape").Select(size => (double)size)]
                    : _graph.Constant(node, 1)).LastOrDefault();
                if (width > 0 && width != columns.Count)
                    throw new InvalidDataException($"Reshape: {columns.Count} columns become {width}.");
                break;
            case "Flatten" or "Squeeze" or "Unsqueeze":
                node.Ignore("axis", "axes");
                break;
            case "Scaler":
                columns = Each(Each(columns, node, ColumnOperator.Subtract, node.Numbers("offset")),
                    node, ColumnOperator.Multiply, node.Numbers("scale"));
                break;
            case "Imputer":
                if (!double.IsNaN(node.Number("replaced_value_float", double.NaN)))
                    throw new InvalidDataException("Imputer: one that replaces a number is not known.");
                columns = Each(columns, node, ColumnOperator.Fill, node.Numbers("imputed_value_floats"));
                break;
            case "ArrayFeatureExtractor" or "Gather" or "GatherElements":
                return Chosen(node, columns);
        }
        return columns;
    }

    private List<OnnxColumn> Joined(OnnxNode node)
    {
        if (node.Integer("axis", 1) is not (1 or -1) and var axis)
            throw new InvalidDataException($"Concat: one along axis {axis} is not known; along 1 is.");
        return [.. node.Inputs.SelectMany(Read)];
    }

    private List<OnnxColumn> Vector(OnnxNode node)
    {
        var widths = node.Integers("inputdimensions");
        var parts = node.Inputs.Select(Read).ToList();
        if (widths.Length > 0 && !parts.Select(part => (long)part.Count).SequenceEqual(widths))
        {
            throw new InvalidDataException(
                $"FeatureVectorizer: {string.Join(", ", parts.Select(part => part.Count))} columns come, "
                + $"{string.Join(", ", widths)} are wanted.");
        }
        return [.. parts.SelectMany(part => part)];
    }

    private List<OnnxColumn> Arithmetic(OnnxNode node)
    {
        var value = node.Inputs.FirstOrDefault(input => _graph.ConstantOrNull(input) is null)
            ?? throw new InvalidDataException($"{node.Operator}: it reads constants alone.");
        var what = node.Operator switch
        {
            "Add" => ColumnOperator.Add,
            "Sub" => ColumnOperator.Subtract,
            "Mul" => ColumnOperator.Multiply,
            _ => ColumnOperator.Divide,
        };
        return Each(Read(value), node, what, _graph.Beside(node, value));
    }

    // The places of constants may be those of one row, or of a table of one row.
    private List<OnnxColumn> Chosen(OnnxNode node, List<OnnxColumn> columns)
    {
        if (node.Operator != "ArrayFeatureExtractor" && node.Integer("axis", 0) is not (1 or -1) and var axis)
            throw new InvalidDataException($"{node.Operator}: one along axis {axis} is not known; along 1 is.");
        var chosen = new List<OnnxColumn>();
        foreach (var place in _graph.Constant(node, 1))
        {
            chosen.Add(place >= 0 && place < columns.Count ? columns[(int)place] : throw new InvalidDataException(
                $"{node.Operator}: it takes column {place}; there are 0 to {columns.Count - 1}."));
        }
        return chosen;
    }

    private static List<OnnxColumn> Each(
        List<OnnxColumn> columns, OnnxNode node, ColumnOperator what, double[] constants)
    {
        if (constants.Length == 0) return columns;
        if (constants.Length != 1 && constants.Length != columns.Count)
        {
            throw new InvalidDataException(
                $"{node.Operator}: {constants.Length} numbers for {columns.Count} columns.");
        }
        return [.. columns.Select((column, i) => column.With(what, constants[constants.Length == 1 ? 0 : i]))];
    }
}
