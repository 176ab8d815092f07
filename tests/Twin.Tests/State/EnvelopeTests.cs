using System.Buffers;
using DToC.Twin.State;

namespace DToC.Twin.Tests.State;

public class EnvelopeTests
{
    [Fact]
    public void Sealed_bytes_open_to_themselves()
    {
        byte[] inside = [1, 2, 3];
        Assert.Equal(inside, Envelope.Open(Envelope.Seal(inside).AsSpan()).ToArray());
        Assert.Equal(inside, Envelope.Open(Envelope.Seal(inside).AsMemory()).ToArray());
        Assert.Empty(Envelope.Open(Envelope.Seal([]).AsSpan()).ToArray());
    }

    [Fact]
    public void Head_and_seal_write_the_same()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Envelope.BeginPlain(buffer);
        buffer.Write((byte[])[9, 8]);
        Assert.Equal(Envelope.Seal([9, 8]), buffer.WrittenSpan.ToArray());
        Assert.Equal(Envelope.PlainOverhead + 2, buffer.WrittenCount);
    }

    [Theory]
    [InlineData(new byte[0], "not an envelope")]
    [InlineData(new byte[] { 1 }, "not an envelope")]
    [InlineData(new byte[] { 2, 0, 5 }, "newer version")]
    [InlineData(new byte[] { 0, 0, 5 }, "not an envelope")]
    [InlineData(new byte[] { 1, 7, 5 }, "key that is not at hand")]
    public void Other_bytes_are_refused(byte[] stored, string reason)
    {
        var bySpan = Assert.Throws<InvalidDataException>(() => Envelope.Open(stored.AsSpan()).Length);
        var byMemory = Assert.Throws<InvalidDataException>(() => Envelope.Open(stored.AsMemory()));
        Assert.Contains(reason, bySpan.Message, StringComparison.Ordinal);
        Assert.Equal(bySpan.Message, byMemory.Message);
    }
}
