using System.Globalization;
using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>What stands around the model in an ONNX graph.</summary>
internal sealed class OnnxPipeline
{
    private const int MaxSteps = 64;

    private readonly List<OnnxNode> _nodes;
    private readonly Dictionary<string, int> _widths = new(StringComparer.Ordinal);

    /// <summary>Of a graph and its operators.</summary>
    public OnnxPipeline(ProtoMessage graph, List<OnnxNode> nodes)
    {
        _nodes = nodes;
        foreach (var input in graph.Messages(11, "an input"))
            _widths.TryAdd(input.Text(1), WidthOf(input));
        // Older files list what is constant among the inputs.
        foreach (var constant in graph.Messages(5, "an initializer")) _widths.Remove(constant.Text(8));
    }

    /// <summary>
    /// Names of the features that a model reads, and the scaler on their way: those of a table are named by place,
    /// those of a column each by the column.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="known">Operators that may stand before it.</param>
    public (string[] Names, OnnxNode? Scaler) Inputs(OnnxNode model, string[] known)
    {
        if (model.Inputs.Count != 1)
            throw new InvalidDataException($"{model.Operator}: {model.Inputs.Count} inputs; one is known.");
        OnnxNode? scaler = null;
        var names = new List<string>();
        var (steps, scaled) = (0, 0);
        Collect(model.Inputs[0]);
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new InvalidDataException("A feature is read twice on the way to the model.");
        if (scaler is not null && scaled != names.Count)
            throw new InvalidDataException("A Scaler of some features alone is not known.");
        return ([.. names], scaler);

        void Collect(string value)
        {
            if (++steps > MaxSteps + PredictiveModel.MaxInputs)
                throw new InvalidDataException("There are too many operators before the model.");
            if (_widths.TryGetValue(value, out var width))
            {
                AddNames(names, value, width);
                return;
            }
            var before = _nodes.Find(node => node.Outputs.Contains(value, StringComparer.Ordinal))
                ?? throw new InvalidDataException($"Nothing makes the value '{value}'.");
            if (!known.Contains(before.Operator, StringComparer.Ordinal)) throw Unknown(before, "before", known);
            var isScaler = before.Operator == "Scaler";
            if (isScaler && (scaler is not null || names.Count > 0))
                throw new InvalidDataException("Two Scalers, or one of some features, are not known.");
            if (isScaler) scaler = before;
            before.Ignore("to", "axis", "saturate", "round_mode");
            foreach (var input in before.Inputs) Collect(input);
            if (isScaler) scaled = names.Count;
        }
    }

    /// <summary>The operators behind an output of a model, one after the other.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">Place of the output.</param>
    /// <param name="known">Operators that may stand there.</param>
    public IEnumerable<OnnxNode> After(OnnxNode model, int output, string[] known)
    {
        if (output >= model.Outputs.Count) yield break;
        var value = model.Outputs[output];
        for (var steps = 0; steps < MaxSteps; steps++)
        {
            var next = _nodes.Find(node => node.Inputs.Contains(value, StringComparer.Ordinal));
            if (next is null) yield break;
            if (!known.Contains(next.Operator, StringComparer.Ordinal)) throw Unknown(next, "behind", known);
            yield return next;
            if (next.Outputs.Count == 0) yield break;
            value = next.Outputs[0];
        }
        throw new InvalidDataException("There are too many operators behind the model.");
    }

    private static void AddNames(List<string> names, string value, int width)
    {
        if (width < 1 || names.Count + width > PredictiveModel.MaxInputs)
        {
            throw new InvalidDataException(
                $"The input '{value}' has {width} columns; 1 to {PredictiveModel.MaxInputs} go, and it must say so.");
        }
        for (var i = 0; i < width; i++)
            names.Add(width == 1 ? value : value + i.ToString(CultureInfo.InvariantCulture));
    }

    // The last dimension of a ValueInfoProto's tensor; 0 when it is not said.
    private static int WidthOf(ProtoMessage input)
    {
        var shape = input.MessageOrNull(2, "a type")?.MessageOrNull(1, "a tensor type")?.MessageOrNull(2, "a shape");
        var dimensions = shape?.Messages(1, "a dimension") ?? [];
        return dimensions.Count < 2 ? 0 : (int)Math.Clamp(dimensions[^1].Integer(1), 0, int.MaxValue);
    }

    private static InvalidDataException Unknown(OnnxNode node, string side, string[] known) => new(
        $"The operator '{node.Operator}' {side} the model is not known. Known there are {string.Join(", ", known)}.");
}
