using System.Buffers;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>How the members of a cohort were chosen.</summary>
public enum CohortOrigin : byte
{
    /// <summary>They were in a segment.</summary>
    Segment = 1,

    /// <summary>A rule held for them.</summary>
    Rule = 2,

    /// <summary>They were named.</summary>
    Ids = 3,
}

/// <summary>What a cohort is, apart from who is in it.</summary>
/// <param name="Origin">How its members were chosen.</param>
/// <param name="Told">The segment's name or the rule's text; empty for those that were named.</param>
/// <param name="Purpose">Name of the purpose it serves.</param>
/// <param name="At">As of when they were chosen.</param>
/// <param name="Made">When it was made.</param>
public sealed record CohortHeader(CohortOrigin Origin, string Told, string Purpose, Instant At, Instant Made)
{
    private const byte Format = 1;

    /// <summary>
    /// Names of the data categories that the choice rested on: who may not be chosen by them is not shown.
    /// </summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Members now.</summary>
    public int Members { get; init; }

    /// <summary>Members that were erased since.</summary>
    public int Erased { get; init; }

    /// <summary>Whether all are in: from then on nobody comes any more.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Reads the value of a row.</summary>
    /// <exception cref="InvalidDataException">The bytes are no header this build can read.</exception>
    public static CohortHeader Read(ReadOnlySpan<byte> value)
    {
        var reader = new BinaryFormReader(Envelope.Open(value));
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Cohort format {format} is not known; this build knows {Format}.");
        var header = new CohortHeader(
            (CohortOrigin)reader.Byte(), reader.Text(), reader.Text(), new Instant(reader.Signed()),
            new Instant(reader.Signed()));
        var (members, erased, isFixed) =
            (reader.Count(CohortGrain.MaxMembers), (int)reader.Unsigned(), reader.Byte() == 1);
        var categories = new string[reader.Count(64)];
        for (var i = 0; i < categories.Length; i++) categories[i] = reader.Text();
        reader.End();
        return header with { Members = members, Erased = erased, IsFixed = isFixed, Categories = categories };
    }

    /// <summary>The value of a row, in its envelope.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        var output = new ArrayBufferWriter<byte>(256);
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Byte((byte)Origin);
        writer.Text(Told);
        writer.Text(Purpose);
        writer.Signed(At.UnixMs);
        writer.Signed(Made.UnixMs);
        writer.Unsigned((ulong)Members);
        writer.Unsigned((ulong)Erased);
        writer.Byte(IsFixed ? (byte)1 : (byte)0);
        writer.Unsigned((ulong)Categories.Count);
        foreach (var category in Categories) writer.Text(category);
        return output.WrittenMemory;
    }
}
