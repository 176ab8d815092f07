using System.Buffers;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Something that a simulation says of one customer.</summary>
/// <param name="Customer">Its id.</param>
/// <param name="Said">What, in a form of its writer's; empty for no more than the name.</param>
public sealed record NamedCustomer(string Customer, ReadOnlyMemory<byte> Said);

/// <summary>
/// Customers that a simulation names, apart from all else of it, so that one who is erased can be taken out.
/// </summary>
public static class NamedCustomers
{
    /// <summary>Most in one row.</summary>
    public const int Most = 100_000;

    private const byte Format = 1;

    /// <summary>Reads the value of a row.</summary>
    /// <exception cref="InvalidDataException">The bytes are none this build can read.</exception>
    public static IReadOnlyList<NamedCustomer> Read(ReadOnlySpan<byte> value)
    {
        var reader = new BinaryFormReader(Envelope.Open(value));
        var format = reader.Byte();
        if (format != Format)
        {
            throw new InvalidDataException(
                $"Format {format} of named customers is not known; this build knows {Format}.");
        }
        var named = new NamedCustomer[reader.Count(Most)];
        for (var i = 0; i < named.Length; i++) named[i] = new NamedCustomer(reader.Text(), reader.Bytes().ToArray());
        reader.End();
        return named;
    }

    /// <summary>The value of a row, in its envelope.</summary>
    public static byte[] Write(IReadOnlyList<NamedCustomer> named)
    {
        ArgumentNullException.ThrowIfNull(named);
        var output = new ArrayBufferWriter<byte>(256);
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)named.Count);
        foreach (var (customer, said) in named)
        {
            writer.Text(customer);
            writer.Bytes(said.Span);
        }
        return output.WrittenSpan.ToArray();
    }
}
