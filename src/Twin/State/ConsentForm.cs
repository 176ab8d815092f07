using DToC.Twin.Events;

namespace DToC.Twin.State;

/// <summary>
/// The stored form of a consent: a byte with the status in its lowest bits and what there is besides in the others,
/// then, unless the byte is 0, when and through which system, and the rest that the byte tells of.
/// </summary>
internal static class ConsentForm
{
    private const byte StatusBits = 7;
    private const byte Restricted = 8;
    private const byte Explicit = 16;
    private const byte AfterSignal = 32;
    private const byte TextVersion = 64;
    private const byte Expires = 128;

    public static void Write(BinaryFormWriter writer, in ConsentRecord consent)
    {
        var head = (byte)consent.Status;
        if (consent.IsRestricted) head |= Restricted;
        if (consent.IsExplicit) head |= Explicit;
        if (consent.IsAfterSignal) head |= AfterSignal;
        if (consent.TextVersion.Length > 0) head |= TextVersion;
        if (!consent.Expires.IsNever) head |= Expires;
        writer.Byte(head);
        if (head == 0) return;
        writer.Signed(consent.At.UnixMs);
        writer.Text(consent.Source);
        if ((head & TextVersion) != 0) writer.Text(consent.TextVersion);
        if ((head & Expires) != 0) writer.Signed(consent.Expires.UnixMs);
    }

    public static ConsentRecord Read(ref BinaryFormReader reader, Utf8Names sources)
    {
        var head = reader.Byte();
        if (head == 0) return ConsentRecord.None;
        var status = (ConsentStatus)(head & StatusBits);
        if (status > ConsentStatus.Objected)
            throw new InvalidDataException($"Consent {(byte)status} is not known to this build.");
        return new ConsentRecord(status, new Instant(reader.Signed()), reader.Text(sources))
        {
            IsRestricted = (head & Restricted) != 0,
            IsExplicit = (head & Explicit) != 0,
            IsAfterSignal = (head & AfterSignal) != 0,
            TextVersion = (head & TextVersion) != 0 ? reader.Text() : "",
            Expires = (head & Expires) != 0 ? new Instant(reader.Signed()) : Instant.Never,
        };
    }
}
