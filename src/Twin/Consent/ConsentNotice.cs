using System.Buffers;
using DToC.Twin.State;

namespace DToC.Twin.Consent;

/// <summary>A data category for a purpose.</summary>
public readonly record struct CategoryForPurpose(string Category, string Purpose);

/// <summary>
/// What systems that got something of a customer are told when it may not be used any more. By names, so that it can be
/// read under any definition.
/// </summary>
/// <param name="Customer">Whose.</param>
/// <param name="At">When it took effect.</param>
/// <param name="Source">Through which system it was said; empty when a time was over.</param>
/// <param name="Closed">What was lawful before and is no more.</param>
/// <param name="Forgotten">Categories of which nothing is kept any more.</param>
public sealed record ConsentNotice(
    string Customer, Instant At, string Source, IReadOnlyList<CategoryForPurpose> Closed,
    IReadOnlyList<string> Forgotten)
{
    private const byte Format = 1;
    private const int MaxPairs = 64 * 64;

    /// <summary>Writes the stored form, without envelope.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Text(Customer);
        writer.Signed(At.UnixMs);
        writer.Text(Source);
        writer.Unsigned((ulong)Closed.Count);
        foreach (var (category, purpose) in Closed)
        {
            writer.Text(category);
            writer.Text(purpose);
        }
        writer.Unsigned((ulong)Forgotten.Count);
        foreach (var category in Forgotten) writer.Text(category);
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a notice of a format this build knows.</exception>
    public static ConsentNotice Read(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Notice format {format} is not known; this build knows {Format}.");
        var (customer, at, source) = (reader.Text(), new Instant(reader.Signed()), reader.Text());
        var closed = new CategoryForPurpose[reader.Count(MaxPairs)];
        for (var i = 0; i < closed.Length; i++) closed[i] = new CategoryForPurpose(reader.Text(), reader.Text());
        var forgotten = new string[reader.Count(64)];
        for (var i = 0; i < forgotten.Length; i++) forgotten[i] = reader.Text();
        reader.End();
        return new ConsentNotice(customer, at, source, closed, forgotten);
    }
}
