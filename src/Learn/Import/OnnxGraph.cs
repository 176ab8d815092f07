using System.Globalization;
using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>An ONNX graph: operators, and the values that go from one to the other.</summary>
internal sealed class OnnxGraph
{
    private readonly Dictionary<string, int> _widths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProtoMessage> _initializers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);

    /// <summary>Of a <c>GraphProto</c>.</summary>
    public OnnxGraph(ProtoMessage graph)
    {
        Nodes = [.. graph.Messages(1, "a node").Select(node => new OnnxNode(node))];
        foreach (var input in graph.Messages(11, "an input")) _widths.TryAdd(input.Text(1), WidthOf(input));
        foreach (var output in graph.Messages(12, "an output")) _outputs.Add(output.Text(1));
        foreach (var constant in graph.Messages(5, "an initializer"))
        {
            _initializers[constant.Text(8)] = constant;
            // Older files list what is constant among the inputs.
            _widths.Remove(constant.Text(8));
        }
    }

    /// <summary>The operators, in the order written.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>Whether a value is what the graph gives; where it names nothing, what nobody reads.</summary>
    public bool IsOutput(string value) => _outputs.Count > 0 ? _outputs.Contains(value) : !Readers(value).Any();

    /// <summary>The operators that read a value.</summary>
    public IEnumerable<OnnxNode> Readers(string value) =>
        Nodes.Where(node => node.Inputs.Contains(value, StringComparer.Ordinal));

    /// <summary>The operator that makes a value.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public OnnxNode Maker(string value) =>
        Nodes.FirstOrDefault(node => node.Outputs.Contains(value, StringComparer.Ordinal))
        ?? throw new InvalidDataException($"Nothing makes the value '{value}'.");

    /// <summary>Names of the columns of an input of the graph, in order; null for another value.</summary>
    /// <exception cref="InvalidDataException">It does not say how many there are.</exception>
    public string[]? InputColumns(string value)
    {
        if (!_widths.TryGetValue(value, out var width)) return null;
        if (width is < 1 or > PredictiveModel.MaxInputs)
        {
            throw new InvalidDataException(
                $"The input '{value}' has {width} columns; 1 to {PredictiveModel.MaxInputs} go, and it must say so.");
        }
        return width == 1
            ? [value]
            : [.. Enumerable.Range(0, width).Select(i => value + i.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>The numbers of a constant; null for a value that is none.</summary>
    public double[]? ConstantOrNull(string value)
    {
        if (_constants.TryGetValue(value, out var known)) return known;
        if (_initializers.TryGetValue(value, out var tensor)) return _constants[value] = OnnxNode.Tensor(tensor);
        return Nodes.FirstOrDefault(n => n.Operator == "Constant" && n.Outputs.Contains(value, StringComparer.Ordinal))
            is { } node ? _constants[value] = node.TensorOrNone("value") : null;
    }

    /// <summary>The numbers of the constant that an operator reads at a place.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public double[] Constant(OnnxNode node, int place) =>
        (place < node.Inputs.Count ? ConstantOrNull(node.Inputs[place]) : null)
        ?? throw new InvalidDataException($"{node.Operator}: what it reads at place {place} is no constant.");

    /// <summary>
    /// What an arithmetic operator does with a value: the constant beside it, of one number or one a column.
    /// </summary>
    /// <exception cref="InvalidDataException">It does something else.</exception>
    public double[] Beside(OnnxNode node, string value)
    {
        var place = node.Inputs.Count == 2 && node.Inputs[0] == value ? 1
            : node is { Inputs.Count: 2, Operator: "Add" or "Mul" } && node.Inputs[1] == value ? 0
            : throw new InvalidDataException($"{node.Operator}: it reads '{value}', but not first and one constant.");
        return Constant(node, place);
    }

    // The last dimension of a ValueInfoProto's tensor; 0 when it is not said.
    private static int WidthOf(ProtoMessage input)
    {
        var shape = input.MessageOrNull(2, "a type")?.MessageOrNull(1, "a tensor type")?.MessageOrNull(2, "a shape");
        var dimensions = shape?.Messages(1, "a dimension") ?? [];
        return dimensions.Count < 2 ? 0 : (int)Math.Clamp(dimensions[^1].Integer(1), 0, int.MaxValue);
    }
}
