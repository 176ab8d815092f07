using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>Names and forms of what a simulated host keeps on its disk.</summary>
internal static class StoredForms
{
    public const string CurrentPlan = "current";
    public const string RefoldAfter = "refold";
    public const string Outbox = "o/";
    public const string Published = "p/";
    public const string Wakes = "w/";
    public const string LeasesOf = "l/";
    public const string Plans = "d/";

    /// <summary>The last number that was published under, of those that an erasure removed.</summary>
    public const string LastPublished = "q/last";

    public const string Erasures = "e/";
    public const string LastErasure = "n/";

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    // Schedules name the same few keys over and over.
    private static readonly ConcurrentDictionary<GrainKey, NamesOfKey> Known = new();

    public static string Path(GrainKey key) => Names(key).Path;

    public static GrainKey Key(string path) =>
        new((GrainKind)int.Parse(path.AsSpan(0, 3), CultureInfo.InvariantCulture), path[4..]);

    public static string States(GrainKind kind) => $"s/{(int)kind:d3}/";

    public static string State(GrainKey key) => Names(key).State;

    public static string Rows(GrainKey key) => Names(key).Rows;

    public static string Journal(GrainKey key) => Names(key).Journal;

    /// <summary>Entries forgotten, under the last part of their names: not the host's, but for its judges.</summary>
    public static string Forgotten(GrainKey key) => $"f/{Path(key)}\n";

    /// <summary>The mark of a customer that was erased.</summary>
    public static string Erased(string customer) => $"x/{customer}";

    /// <summary>How those of an erasure were let in again; empty while they were not.</summary>
    public static string Readmission(string token) => $"a/{token}";

    public static string OutboxOf(GrainKey sender) => $"{Outbox}{Path(sender)}\n";

    public static string OutboxOf(GrainKey sender, long sequence) =>
        $"{Outbox}{Path(sender)}\n{sequence:d19}";

    public static string Wake(GrainKey key, string name) => $"{Wakes}{Path(key)}\n{name}";

    public static string Lease(int partition, string resource) => $"{LeasesOf}{partition:d3}/{resource}";

    public static string Plan(ulong hash) => $"{Plans}{hash:x16}";

    private static NamesOfKey Names(GrainKey key) => Known.GetOrAdd(key, static k => new NamesOfKey(k));

    /// <summary>What follows the last line feed of a name.</summary>
    public static string Tail(string name) => name[(name.LastIndexOf('\n') + 1)..];

    public static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    public static byte[] Bytes(Action<StoredWriter> write) => Collect(output => write(new StoredWriter(output)));

    /// <summary>What is written into a buffer that is used again and again; so no writing may begin another.</summary>
    public static byte[] Collect(Action<ArrayBufferWriter<byte>> write)
    {
        var output = _buffer ??= new ArrayBufferWriter<byte>(8_192);
        output.ResetWrittenCount();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Number(long value) => Bytes(w => w.Number(value));

    public static long ReadNumber(byte[] bytes) => new StoredReader(bytes).Number();

    public static byte[] Write(JournalEntry entry) => Bytes(w =>
    {
        w.Byte((byte)entry.Kind);
        w.Time(entry.OccurredAt);
        w.Time(entry.RecordedAt);
        w.Time(entry.KeepUntil);
        w.Hash(entry.Seed);
        w.Hash(entry.PlanHash);
        w.Rest(entry.Payload.Span);
    });

    public static JournalEntry ReadEntry(byte[] bytes)
    {
        var reader = new StoredReader(bytes);
        return new JournalEntry(
            (JournalKind)reader.Byte(), reader.Time(), reader.Time(), reader.Time(), reader.Hash(),
            reader.Hash(), reader.RestOf(bytes));
    }

    public static byte[] Write(KeptState kept) => Bytes(w =>
    {
        w.Time(kept.LastNow);
        w.Number(kept.Version);
        w.Rest(kept.Bytes.Span);
    });

    public static KeptState ReadState(byte[] bytes)
    {
        var reader = new StoredReader(bytes);
        return new KeptState(reader.Time(), reader.Number(), reader.RestOf(bytes));
    }

    public static byte[] Write(GrainKey to, byte[] message) => Bytes(w =>
    {
        w.Text(Path(to));
        w.Rest(message);
    });

    public static (GrainKey To, byte[] Message) ReadSend(byte[] bytes)
    {
        var reader = new StoredReader(bytes);
        return (Key(reader.Text()), reader.Rest());
    }

    public static byte[] Write(Topic topic, EffectId id, ReadOnlyMemory<byte> payload) => Bytes(w =>
    {
        w.Byte((byte)topic);
        w.Text(Path(id.Sender));
        w.Number(id.Sequence);
        w.Rest(payload.Span);
    });

    public static (Topic Topic, EffectId Id, byte[] Payload) ReadPublished(byte[] bytes)
    {
        var reader = new StoredReader(bytes);
        var topic = (Topic)reader.Byte();
        return (topic, new EffectId(Key(reader.Text()), reader.Number()), reader.Rest());
    }
}

/// <summary>What the names of one key's things begin with.</summary>
internal sealed class NamesOfKey
{
    public NamesOfKey(GrainKey key)
    {
        Path = string.Create(CultureInfo.InvariantCulture, $"{(int)key.Kind:d3}/{key.Id}");
        State = $"s/{Path}";
        Rows = $"r/{Path}\n";
        Journal = $"j/{Path}\n";
    }

    public string Path { get; }

    public string State { get; }

    public string Rows { get; }

    public string Journal { get; }
}

/// <summary>
/// A state on disk, with the time of its turn: the clock may stand earlier after a restart.
/// </summary>
internal sealed record KeptState(Instant LastNow, long Version, ReadOnlyMemory<byte> Bytes);
