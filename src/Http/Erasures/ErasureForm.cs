using DToC.Grains;
using DToC.Twin;

namespace DToC.Http.Erasures;

/// <summary>Records by kind.</summary>
internal sealed record KeptCountsForm(
    long States, long Journal, long Published, long Pending, long WakeUps, long Rows)
{
    public static KeptCountsForm Of(in KeptCounts counts) => new(
        counts.States, counts.Journal, counts.Published, counts.Pending, counts.WakeUps, counts.Rows);
}

/// <summary>The receipt of an erasure.</summary>
/// <param name="Token">Random; names the erasure.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="By">Which key asked.</param>
/// <param name="Subjects">SHA-256 of token, line feed and customer id, one for each id that was erased.</param>
/// <param name="Removed">How many records of each kind.</param>
/// <param name="Remains">What remains, and why.</param>
/// <param name="SignedText">What is signed.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the signed text, DER in base64.</param>
/// <param name="PublicKey">The key to check it with, DER in base64.</param>
/// <param name="Readmitted">How they were let in again; null when they were not.</param>
internal sealed record ErasureForm(
    string Token, Instant At, string By, IReadOnlyList<string> Subjects, KeptCountsForm Removed,
    IReadOnlyList<string> Remains, string SignedText, string Signature, string PublicKey,
    ReadmissionForm? Readmitted)
{
    public static ErasureForm Of(ErasureReceipt receipt, Readmission? readmission) => new(
        receipt.Token, receipt.At, receipt.By, receipt.Subjects, KeptCountsForm.Of(receipt.Removed),
        ErasureReceipt.Remains, receipt.SignedText, receipt.Signature, receipt.PublicKey,
        readmission is null ? null : ReadmissionForm.Of(readmission));
}

/// <summary>That those of an erasure were let in again.</summary>
/// <param name="Token">The erasure's.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Since">What happened before is not taken.</param>
/// <param name="By">Which key decided it.</param>
/// <param name="SignedText">What is signed.</param>
/// <param name="Signature">As that of the receipt.</param>
/// <param name="PublicKey">As that of the receipt.</param>
internal sealed record ReadmissionForm(
    string Token, Instant At, Instant Since, string By, string SignedText, string Signature, string PublicKey)
{
    public static ReadmissionForm Of(Readmission done) => new(
        done.Token, done.At, done.Since, done.By, done.SignedText, done.Signature, done.PublicKey);
}

/// <summary>A page of erasures, by token.</summary>
/// <param name="Erasures">Their receipts.</param>
/// <param name="Next">Ask with it as <c>after</c> for more; null at the end.</param>
internal sealed record ErasuresForm(IReadOnlyList<ErasureForm> Erasures, string? Next);

/// <summary>What other systems are told of an erasure.</summary>
/// <param name="Token">Random; names the erasure.</param>
/// <param name="Time">When it was asked for.</param>
/// <param name="Subjects">
/// Whom to erase: every customer whose SHA-256 of token, line feed and customer id (UTF-8, hexadecimal) is among these.
/// </param>
internal sealed record ErasureNoticeForm(string Token, Instant Time, IReadOnlyList<string> Subjects)
{
    /// <summary>A published receipt as others get it.</summary>
    public static ErasureNoticeForm Of(ReadOnlyMemory<byte> payload)
    {
        var receipt = ErasureReceipt.FromBytes(payload.Span);
        return new ErasureNoticeForm(receipt.Token, receipt.At, receipt.Subjects);
    }
}
