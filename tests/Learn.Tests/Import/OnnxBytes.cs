using System.Buffers.Binary;
using System.Text;

namespace DToC.Learn.Tests.Import;

/// <summary>Builds ONNX models byte by byte, by the field numbers of onnx.proto3.</summary>
internal sealed class OnnxBytes
{
    private readonly MemoryStream _bytes = new();

    public static byte[] Model(int width, params OnnxBytes[] nodes) =>
        Graph(nodes).Input("X", width).ToModel("test", 5);

    public static OnnxBytes Graph(params OnnxBytes[] nodes)
    {
        var graph = new OnnxBytes();
        foreach (var node in nodes) graph.Message(1, node);
        return graph;
    }

    public static OnnxBytes Node(string type, string[] inputs, string[] outputs, string domain = "ai.onnx.ml")
    {
        var node = new OnnxBytes();
        foreach (var input in inputs) node.Text(1, input);
        foreach (var output in outputs) node.Text(2, output);
        return node.Text(4, type).Text(7, domain);
    }

    /// <summary>Adds an input of some columns to a graph.</summary>
    public OnnxBytes Input(string name, int width) => Message(11, Value(name, width));

    /// <summary>Adds outputs of one column to a graph.</summary>
    public OnnxBytes Results(params string[] names)
    {
        foreach (var name in names) Message(12, Value(name, 1));
        return this;
    }

    /// <summary>Adds a constant of 32 bits to a graph.</summary>
    public OnnxBytes Constant(string name, params float[] values) =>
        Message(5, new OnnxBytes().Integer(2, 1).Raw(4, Packed(values)).Text(8, name));

    /// <summary>Adds a constant of whole numbers, in a table of one row, to a graph.</summary>
    public OnnxBytes Places(string name, params long[] values)
    {
        var tensor = new OnnxBytes().Integer(1, 1).Integer(1, values.Length).Integer(2, 7);
        foreach (var value in values) tensor.Integer(7, value);
        return Message(5, tensor.Text(8, name));
    }

    /// <summary>The model of a graph.</summary>
    public byte[] ToModel(string producer, int operatorSet) => new OnnxBytes().Integer(1, 6).Text(2, producer)
        .Message(7, this).Message(8, new OnnxBytes().Text(1, "ai.onnx.ml").Integer(2, operatorSet))._bytes.ToArray();

    public OnnxBytes Attribute(string name, long value) =>
        Message(5, new OnnxBytes().Text(1, name).Integer(3, value).Integer(20, 2));

    public OnnxBytes Attribute(string name, float value)
    {
        var attribute = new OnnxBytes().Text(1, name);
        attribute.Varint(2 << 3 | 5);
        attribute._bytes.Write(Packed([value]));
        return Message(5, attribute.Integer(20, 1));
    }

    public OnnxBytes Attribute(string name, string value) =>
        Message(5, new OnnxBytes().Text(1, name).Text(4, value).Integer(20, 3));

    public OnnxBytes Attribute(string name, long[] values)
    {
        var attribute = new OnnxBytes().Text(1, name).Integer(20, 7);
        foreach (var value in values) attribute.Integer(8, value);
        return Message(5, attribute);
    }

    public OnnxBytes Attribute(string name, float[] values) =>
        Message(5, new OnnxBytes().Text(1, name).Integer(20, 6).Raw(7, Packed(values)));

    public OnnxBytes Attribute(string name, string[] values)
    {
        var attribute = new OnnxBytes().Text(1, name).Integer(20, 8);
        foreach (var value in values) attribute.Text(9, value);
        return Message(5, attribute);
    }

    /// <summary>A tensor of doubles, or of bytes.</summary>
    public OnnxBytes Tensor(string name, double[] values, bool isBytes = false)
    {
        var raw = new byte[values.Length * (isBytes ? 1 : 8)];
        for (var i = 0; i < values.Length; i++)
        {
            if (isBytes) raw[i] = (byte)values[i];
            else BinaryPrimitives.WriteDoubleLittleEndian(raw.AsSpan(i * 8), values[i]);
        }
        var tensor = new OnnxBytes().Integer(1, values.Length).Integer(2, isBytes ? 2 : 11).Raw(9, raw);
        return Message(5, new OnnxBytes().Text(1, name).Integer(20, 4).Message(5, tensor));
    }

    public OnnxBytes Integer(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public OnnxBytes Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    public OnnxBytes Message(int field, OnnxBytes value) => Raw(field, value._bytes.ToArray());

    // A ValueInfoProto of as many rows as there are.
    private static OnnxBytes Value(string name, int width) => new OnnxBytes().Text(1, name).Message(2, new OnnxBytes()
        .Message(1, new OnnxBytes().Integer(1, 1).Message(2, new OnnxBytes()
            .Message(1, new OnnxBytes().Integer(1, -1)).Message(1, new OnnxBytes().Integer(1, width)))));

    // As proto3 does.
    private static byte[] Packed(float[] values)
    {
        var packed = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(packed.AsSpan(i * 4), values[i]);
        return packed;
    }

    private OnnxBytes Raw(int field, byte[] value)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
