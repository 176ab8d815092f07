using System.Buffers.Binary;
using System.Text;

namespace DToC.Learn.Tests.Import;

/// <summary>Builds ONNX models byte by byte, by the field numbers of onnx.proto3.</summary>
internal sealed class OnnxBytes
{
    private readonly MemoryStream _bytes = new();

    public static byte[] Model(int width, params OnnxBytes[] nodes)
    {
        var graph = new OnnxBytes();
        foreach (var node in nodes) graph.Message(1, node);
        graph.Message(11, new OnnxBytes().Text(1, "X").Message(2, new OnnxBytes().Message(1, new OnnxBytes()
            .Integer(1, 1).Message(2, new OnnxBytes()
                .Message(1, new OnnxBytes().Text(2, "N")).Message(1, new OnnxBytes().Integer(1, width))))));
        return new OnnxBytes().Integer(1, 8).Text(2, "test").Message(7, graph)
            .Message(8, new OnnxBytes().Text(1, "ai.onnx.ml").Integer(2, 5))._bytes.ToArray();
    }

    public static OnnxBytes Node(string type, string[] inputs, string[] outputs)
    {
        var node = new OnnxBytes();
        foreach (var input in inputs) node.Text(1, input);
        foreach (var output in outputs) node.Text(2, output);
        return node.Text(4, type).Text(7, "ai.onnx.ml");
    }

    public OnnxBytes Attribute(string name, long value) =>
        Message(5, new OnnxBytes().Text(1, name).Integer(3, value).Integer(20, 2));

    public OnnxBytes Attribute(string name, string value) =>
        Message(5, new OnnxBytes().Text(1, name).Text(4, value).Integer(20, 3));

    public OnnxBytes Attribute(string name, long[] values)
    {
        var attribute = new OnnxBytes().Text(1, name).Integer(20, 7);
        foreach (var value in values) attribute.Integer(8, value);
        return Message(5, attribute);
    }

    public OnnxBytes Attribute(string name, float[] values)
    {
        // Packed, as proto3 does.
        var packed = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(packed.AsSpan(i * 4), values[i]);
        return Message(5, new OnnxBytes().Text(1, name).Integer(20, 6).Raw(7, packed));
    }

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
