using System.Buffers.Binary;

namespace DToC.Learn.Import;

/// <summary>An operator of an ONNX graph (<c>NodeProto</c>); of its attributes none may be left unread.</summary>
internal sealed class OnnxNode
{
    private readonly Dictionary<string, ProtoMessage> _attributes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Of a message of the graph.</summary>
    public OnnxNode(ProtoMessage node)
    {
        Inputs = node.Texts(1);
        Outputs = node.Texts(2);
        // An operator of somebody's own is not the one of the same name.
        Operator = node.Text(7) is "" or "ai.onnx" or "ai.onnx.ml" ? node.Text(4) : $"{node.Text(7)}.{node.Text(4)}";
        foreach (var attribute in node.Messages(5, $"an attribute of {Operator}"))
        {
            if (!_attributes.TryAdd(attribute.Text(1), attribute))
                throw new InvalidDataException($"{Operator}: the attribute '{attribute.Text(1)}' is there twice.");
        }
    }

    /// <summary>Names of the values it reads.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of the values it makes.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Its operator, for example <c>TreeEnsembleRegressor</c>.</summary>
    public string Operator { get; }

    /// <summary>Whether it has an attribute.</summary>
    public bool Has(string name) => _attributes.ContainsKey(name);

    /// <summary>Takes attributes for known, whatever they hold.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _read.Add(name);
    }

    /// <summary>A whole number.</summary>
    public long Integer(string name, long otherwise) => Find(name)?.Integer(3) ?? otherwise;

    /// <summary>A number.</summary>
    public double Number(string name, double otherwise) => Find(name)?.Single(2) ?? otherwise;

    /// <summary>A text.</summary>
    public string Text(string name, string otherwise) => Find(name)?.Text(4) ?? otherwise;

    /// <summary>Whole numbers; none when there is no such attribute.</summary>
    public long[] Integers(string name) => Find(name)?.Integers(8) ?? [];

    /// <summary>Texts; none when there is no such attribute.</summary>
    public IReadOnlyList<string> Texts(string name) => Find(name)?.Texts(9) ?? [];

    /// <summary>Numbers, of the attribute of this name or the tensor whose name ends in <c>_as_tensor</c>.</summary>
    public double[] Numbers(string name)
    {
        var singles = Find(name)?.Singles(7) ?? [];
        return singles.Length > 0 ? singles : TensorOrNone(name + "_as_tensor");
    }

    /// <summary>The numbers of a tensor; none when there is no such attribute.</summary>
    public double[] TensorOrNone(string name) => Find(name)?.MessageOrNull(5, name) is { } tensor ? Tensor(tensor) : [];

    /// <summary>Nothing may be left that was not read.</summary>
    public void End()
    {
        if (_attributes.Keys.FirstOrDefault(name => !_read.Contains(name)) is { } unknown)
            throw new InvalidDataException($"{Operator}: the attribute '{unknown}' is not known.");
    }

    /// <summary>An operator that is not known on a side of the model.</summary>
    public static InvalidDataException Unknown(OnnxNode node, string side, string[] known) => new(
        $"The operator '{node.Operator}' {side} the model is not known. Known there are {string.Join(", ", known)}.");

    /// <summary>The numbers of a <c>TensorProto</c>, of 32 or 64 bits or bytes.</summary>
    public static double[] Tensor(ProtoMessage tensor)
    {
        var type = tensor.Integer(2);
        var raw = tensor.Raw(9).Span;
        if (tensor.Has(13)) throw new InvalidDataException($"{tensor.What}: its numbers are in another file.");
        return type switch
        {
            1 => raw.IsEmpty ? tensor.Singles(4) : Raw(raw, 4, b => BinaryPrimitives.ReadSingleLittleEndian(b)),
            2 or 3 when raw.IsEmpty => [.. tensor.Integers(5).Select(value => (double)value)],
            2 => Raw(raw, 1, b => b[0]),
            6 when !raw.IsEmpty => Raw(raw, 4, b => BinaryPrimitives.ReadInt32LittleEndian(b)),
            6 => [.. tensor.Integers(5).Select(value => (double)value)],
            7 when !raw.IsEmpty => Raw(raw, 8, b => BinaryPrimitives.ReadInt64LittleEndian(b)),
            7 => [.. tensor.Integers(7).Select(value => (double)value)],
            11 when !raw.IsEmpty => Raw(raw, 8, b => BinaryPrimitives.ReadDoubleLittleEndian(b)),
            11 => Doubles(tensor.Raw(10).Span),
            _ => throw new InvalidDataException(
                $"{tensor.What}: data type {type} is not known; float, uint8, int32, int64 and double are."),
        };
    }

    private delegate double Element(ReadOnlySpan<byte> bytes);

    private static double[] Doubles(ReadOnlySpan<byte> packed) =>
        Raw(packed, 8, b => BinaryPrimitives.ReadDoubleLittleEndian(b));

    private static double[] Raw(ReadOnlySpan<byte> raw, int size, Element element)
    {
        if (raw.Length % size != 0)
            throw new InvalidDataException($"A tensor of {raw.Length} bytes is no whole number of {size} bytes.");
        var values = new double[raw.Length / size];
        for (var i = 0; i < values.Length; i++) values[i] = element(raw.Slice(i * size, size));
        return values;
    }

    private ProtoMessage? Find(string name)
    {
        _read.Add(name);
        return _attributes.GetValueOrDefault(name);
    }
}
