using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// What proves that a customer was erased, without naming it: whoever knows the customer's id can tell that this is
/// about it, as SHA-256 of <c>token, line feed, id</c> is among <see cref="Subjects"/>.
/// </summary>
public sealed record ErasureReceipt
{
    /// <summary>Random, 32 hexadecimal digits: names the erasure.</summary>
    public required string Token { get; init; }

    /// <summary>When it was asked for.</summary>
    public required Instant At { get; init; }

    /// <summary>Who asked: the name of an API key or program.</summary>
    public required string By { get; init; }

    /// <summary>One hash for each customer id that was erased, hexadecimal, sorted.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>What was removed.</summary>
    public required KeptCounts Removed { get; init; }

    /// <summary>The public key of the signature: DER (SubjectPublicKeyInfo) in base64; ECDSA, P-256.</summary>
    public required string PublicKey { get; init; }

    /// <summary>
    /// ECDSA with SHA-256 over <see cref="SignedText"/> in UTF-8: DER (RFC 3279) in base64. Empty before it is signed.
    /// </summary>
    public string Signature { get; init; } = "";

    /// <summary>What remains anywhere, and why; the same for every erasure.</summary>
    public static IReadOnlyList<string> Remains { get; } =
    [
        "a keyed hash of each customer id and of the id that each identifier would begin, in the ledger: an event that "
        + "comes late is refused and does not bring the customer back",
        "this receipt, under its random token",
        "the notice to subscribers, which names the customer by the hashes of this receipt",
    ];

    /// <summary>The text that is signed.</summary>
    public string SignedText => string.Create(
        CultureInfo.InvariantCulture,
        $"erasure\n{Token}\n{At}\n{By}\n{string.Join(',', Subjects)}\n{Removed.States} {Removed.Journal} "
        + $"{Removed.Published} {Removed.Pending} {Removed.WakeUps} {Removed.Rows}\n{PublicKey}\n");

    /// <summary>Writes it in its stored form, inside the envelope.</summary>
    public byte[] ToBytes()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        Envelope.BeginPlain(buffer);
        var writer = new BinaryFormWriter(buffer);
        writer.Byte(1);
        writer.Text(Token);
        writer.Signed(At.UnixMs);
        writer.Text(By);
        writer.Unsigned((ulong)Subjects.Count);
        foreach (var subject in Subjects) writer.Text(subject);
        foreach (var count in (ReadOnlySpan<long>)[
            Removed.States, Removed.Journal, Removed.Published, Removed.Pending, Removed.WakeUps, Removed.Rows])
            writer.Unsigned((ulong)count);
        writer.Text(PublicKey);
        writer.Text(Signature);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">It is no receipt of a format this build knows.</exception>
    public static ErasureReceipt FromBytes(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored));
        if (reader.Byte() is not 1 and var format)
            throw new InvalidDataException($"Receipt format {format} is not known; this build knows 1.");
        var (token, at, by) = (reader.Text(), new Instant(reader.Signed()), reader.Text());
        var subjects = new string[reader.Count(MaxSubjects)];
        for (var i = 0; i < subjects.Length; i++) subjects[i] = reader.Text();
        var removed = new KeptCounts(
            (long)reader.Unsigned(), (long)reader.Unsigned(), (long)reader.Unsigned(), (long)reader.Unsigned(),
            (long)reader.Unsigned(), (long)reader.Unsigned());
        return new ErasureReceipt
        {
            Token = token,
            At = at,
            By = by,
            Subjects = subjects,
            Removed = removed,
            PublicKey = reader.Text(),
            Signature = reader.Text(),
        };
    }

    /// <summary>Most customer ids of one subject.</summary>
    public const int MaxSubjects = 1_024;
}
