using System.Buffers;
using System.Text;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A customer who showed an identifier.</summary>
/// <param name="Customer">The id the event went to; merges since are not followed.</param>
/// <param name="IsKnown">Whether the customer was known by something stronger than the identifier.</param>
public readonly record struct IdentityClaim(string Customer, bool IsKnown);

/// <summary>
/// Who has shown one identifier, the first first. What it leads to follows from the claims: the first known customer,
/// or, where the definition lets it merge nobody, the first of all. With more known customers than the definition
/// allows it is shared, and leads to nobody.
/// </summary>
public sealed record IdentityRow(IReadOnlyList<IdentityClaim> Claims)
{
    /// <summary>Most claims remembered; with one more the identifier is shared for good.</summary>
    public const int MaxClaims = 16;

    // No text in UTF-8 has this byte: before, a row was the customer's id alone.
    private const byte Mark = 0xFF;
    private const byte Format = 1;

    /// <summary>Nobody has shown it.</summary>
    public static readonly IdentityRow None = new([]);

    /// <summary>
    /// True when it is shared for good: more customers have shown it than are remembered, or one of those who shared it
    /// was erased. Of the latter the claims of the others are there.
    /// </summary>
    public bool IsOverrun { get; init; }

    /// <summary>Whether customers have shown it who are not remembered.</summary>
    public bool HasForgotten => IsOverrun && Claims.Count == 0;

    /// <summary>Claims of known customers.</summary>
    public int KnownCount
    {
        get
        {
            var count = 0;
            foreach (var claim in Claims) count += claim.IsKnown ? 1 : 0;
            return count;
        }
    }

    /// <summary>
    /// Whether more known customers have claims than may have; some of them may have turned out to be one since.
    /// </summary>
    public bool IsContested(IdentifierShape identifier) => IsOverrun || KnownCount > identifier.MaxCustomers;

    /// <summary>Whom it leads to when it is not shared; null when nobody has shown it.</summary>
    public string? First(IdentifierShape identifier)
    {
        if (identifier.Merges && FirstKnown is { } known) return known;
        return Claims.Count == 0 ? null : Claims[0].Customer;
    }

    /// <summary>The known customer who showed it first, or null.</summary>
    public string? FirstKnown
    {
        get
        {
            foreach (var claim in Claims)
            {
                if (claim.IsKnown) return claim.Customer;
            }
            return null;
        }
    }

    /// <summary>The place of a customer's claim, or -1.</summary>
    public int IndexOf(string customer)
    {
        for (var i = 0; i < Claims.Count; i++)
        {
            if (Claims[i].Customer == customer) return i;
        }
        return -1;
    }

    /// <summary>Reads the value of a row.</summary>
    /// <exception cref="InvalidDataException">The bytes are no row this build can read.</exception>
    public static IdentityRow Read(ReadOnlySpan<byte> value)
    {
        var inside = Envelope.Open(value);
        if (inside.IsEmpty || inside[0] != Mark)
        {
            var customer = Encoding.UTF8.GetString(inside);
            return new IdentityRow([new IdentityClaim(customer, !IdentityGrain.IsMinted(customer))]);
        }
        var reader = new BinaryFormReader(inside[1..]);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Identity row format {format} is not known; this build knows {Format}.");
        var isOverrun = reader.Byte() == 1;
        var claims = new IdentityClaim[reader.Count(MaxClaims)];
        for (var i = 0; i < claims.Length; i++) claims[i] = new IdentityClaim(reader.Text(), reader.Byte() == 1);
        return new IdentityRow(claims) { IsOverrun = isOverrun };
    }

    /// <summary>The value of a row, in its envelope.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        var output = new ArrayBufferWriter<byte>(64);
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Byte(Mark);
        writer.Byte(Format);
        writer.Byte(IsOverrun ? (byte)1 : (byte)0);
        writer.Unsigned((ulong)Claims.Count);
        foreach (var claim in Claims)
        {
            writer.Text(claim.Customer);
            writer.Byte(claim.IsKnown ? (byte)1 : (byte)0);
        }
        return output.WrittenMemory;
    }
}
