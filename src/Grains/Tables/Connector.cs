using System.Buffers;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What a connector is for. The numbers are stored; they never change.</summary>
public enum ConnectorRole : byte
{
    /// <summary>What happens here is brought to it.</summary>
    Destination = 1,

    /// <summary>Touchpoint events are fetched from it.</summary>
    Intake = 2,
}

/// <summary>Something of a connector that nobody is shown again.</summary>
/// <param name="Name">What it is for, for example a header's name.</param>
/// <param name="Value">The secret.</param>
/// <param name="Until">From when on it is not used any more; <see cref="Instant.Forever"/> for no end.</param>
public readonly record struct ConnectorSecret(string Name, ReadOnlyMemory<byte> Value, Instant Until);

/// <summary>Another system that this one is connected to.</summary>
/// <param name="Role">What for.</param>
/// <param name="Name">Names it within its role; 1 to 64 of <c>a-z 0-9 -</c>.</param>
/// <param name="Settings">How it is spoken to, as JSON of whoever speaks to it; without any secret.</param>
public sealed record Connector(ConnectorRole Role, string Name, ReadOnlyMemory<byte> Settings)
{
    /// <summary>Most secrets of one.</summary>
    public const int MaxSecrets = 32;

    private const byte Format = 1;

    /// <summary>Its secrets.</summary>
    public IReadOnlyList<ConnectorSecret> Secrets { get; init; } = [];

    /// <summary>When it was made.</summary>
    public required Instant Created { get; init; }

    /// <summary>Why it stands still, or empty.</summary>
    public string Stopped { get; init; } = "";

    /// <summary>Its row.</summary>
    public string Row => RowOf(Role, Name);

    /// <summary>The row of a connector: a letter of its role, a slash, its name.</summary>
    public static string RowOf(ConnectorRole role, string name) =>
        $"{(role == ConnectorRole.Intake ? 'i' : 'd')}/{name}";

    /// <summary>Secrets of a name that hold at a moment, the one that holds longest first.</summary>
    public IReadOnlyList<ConnectorSecret> SecretsOf(string name, Instant now) =>
    [
        .. Secrets.Where(secret => secret.Name == name && now < secret.Until)
            .OrderByDescending(secret => secret.Until),
    ];

    /// <summary>The stored form, inside the envelope: what it is called may be a person's name.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(Settings.Length + 256);
        Envelope.BeginPlain(buffer);
        var writer = new BinaryFormWriter(buffer);
        writer.Byte(Format);
        writer.Byte((byte)Role);
        writer.Text(Name);
        writer.Bytes(Settings.Span);
        writer.Signed(Created.UnixMs);
        writer.Text(Stopped);
        writer.Unsigned((ulong)Secrets.Count);
        foreach (var secret in Secrets)
        {
            writer.Text(secret.Name);
            writer.Bytes(secret.Value.Span);
            writer.Signed(secret.Until.UnixMs);
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a connector of a format this build knows.</exception>
    public static Connector FromBytes(ReadOnlyMemory<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored.Span));
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Connector format {format} is not known; this build knows {Format}.");
        var connector = new Connector((ConnectorRole)reader.Byte(), reader.Text(), reader.Bytes().ToArray())
        {
            Created = new Instant(reader.Signed()),
            Stopped = reader.Text(),
        };
        var secrets = new ConnectorSecret[reader.Count(MaxSecrets)];
        for (var i = 0; i < secrets.Length; i++)
            secrets[i] = new ConnectorSecret(reader.Text(), reader.Bytes().ToArray(), new Instant(reader.Signed()));
        reader.End();
        return connector with { Secrets = secrets };
    }
}
