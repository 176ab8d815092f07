using System.Buffers;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>What the journals of one or more probes say: commands and messages received, by owner.</summary>
internal sealed class ProbeHistory
{
    private const byte CommandEntry = 1;
    private const byte ReceivedEntry = 2;
    private const byte CheckpointEntry = 3;

    private readonly Dictionary<string, SortedDictionary<ProbeMark, long>> _commands = [];
    private readonly Dictionary<string, SortedDictionary<string, long>> _received = [];
    private readonly Dictionary<string, HashSet<long>> _generations = [];

    /// <summary>False when an entry was recorded earlier than the one before it.</summary>
    public bool InOrder { get; private set; } = true;

    /// <summary>False when an entry was said to be of another than it is.</summary>
    public bool SaysWhose { get; private set; } = true;

    /// <summary>Commands of an owner in order, with their amounts.</summary>
    public SortedDictionary<ProbeMark, long> Commands(string owner) =>
        _commands.TryGetValue(owner, out var found) ? found : _commands[owner] = [];

    /// <summary>True when any owner carried out the command.</summary>
    public bool Has(ProbeMark mark) => _commands.Values.Any(c => c.Keys.Any(k => k.Hash == mark.Hash));

    /// <summary>The last number received on a way, by any owner.</summary>
    public long LastReceived(string way) => _received.Values.Max(r => (long?)r.GetValueOrDefault(way)) ?? 0;

    /// <summary>
    /// Reads entries in the order of recording; a checkpoint stands for all its owner had before.
    /// </summary>
    public static ProbeHistory Read(History given, GrainKey key)
    {
        var history = new ProbeHistory();
        var entries = given.Entries;
        for (var i = 0; i < entries.Count; i++)
        {
            if (i > 0 && entries[i].RecordedAt < entries[i - 1].RecordedAt) history.InOrder = false;
            var owner = history.Read(entries[i]);
            history.SaysWhose &= owner == (given.Owners.Count == 0 ? key.Id : given.Owners[i].Id);
        }
        return history;
    }

    /// <summary>Whether all entries of an owner bear this number of a rewriting.</summary>
    public bool IsOf(string owner, long generation) =>
        !_generations.TryGetValue(owner, out var found) || (found.Count == 1 && found.Contains(generation));

    /// <summary>The entries of a key, each with another number of a rewriting.</summary>
    public static IReadOnlyList<JournalEntry> Rewritten(History given, GrainKey key, long generation) =>
    [
        .. given.Entries.Where((_, i) => given.Owners.Count == 0 || given.Owners[i] == key)
            .Select(entry => entry with { Payload = WithGeneration(entry.Payload.Span, generation) }),
    ];

    private static byte[] WithGeneration(ReadOnlySpan<byte> payload, long generation)
    {
        var reader = new StoredReader(payload);
        var (tag, owner) = (reader.Byte(), reader.Text());
        reader.Number();
        var content = reader.Rest();
        return Bytes(tag, owner, generation, writer => writer.Rest(content));
    }

    /// <summary>The entry's payload for a command.</summary>
    public static byte[] Command(string owner, long generation, ProbeMark mark, long weight) =>
        Bytes(CommandEntry, owner, generation, writer =>
        {
            writer.Mark(mark);
            writer.Number(weight);
        });

    /// <summary>The entry's payload for a message received.</summary>
    public static byte[] Received(string owner, long generation, string way, long number) =>
        Bytes(ReceivedEntry, owner, generation, writer =>
        {
            writer.Text(way);
            writer.Number(number);
        });

    /// <summary>The entry's payload for a checkpoint.</summary>
    public static byte[] Checkpoint(
        string owner, long generation, SortedDictionary<ProbeMark, long> commands,
        SortedDictionary<string, long> received) =>
        Bytes(CheckpointEntry, owner, generation, writer =>
        {
            writer.Number(commands.Count);
            foreach (var (mark, weight) in commands)
            {
                writer.Mark(mark);
                writer.Number(weight);
            }
            writer.Table(received);
        });

    private static byte[] Bytes(byte tag, string owner, long generation, Action<StoredWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new StoredWriter(output);
        writer.Byte(tag);
        writer.Text(owner);
        writer.Number(generation);
        write(writer);
        return output.WrittenSpan.ToArray();
    }

    private string Read(JournalEntry entry)
    {
        var reader = new StoredReader(entry.Payload.Span);
        var tag = reader.Byte();
        var owner = reader.Text();
        if (!_generations.TryGetValue(owner, out var generations)) _generations[owner] = generations = [];
        generations.Add(reader.Number());
        if (!_received.TryGetValue(owner, out var received))
        {
            _received[owner] = received = new SortedDictionary<string, long>(StringComparer.Ordinal);
        }
        var commands = Commands(owner);
        if (tag == CommandEntry)
        {
            commands[reader.Mark()] = reader.Number();
        }
        else if (tag == ReceivedEntry)
        {
            received[reader.Text()] = reader.Number();
        }
        else
        {
            commands.Clear();
            received.Clear();
            for (var left = reader.Length(); left > 0; left--) commands[reader.Mark()] = reader.Number();
            reader.Table(received);
        }
        reader.End();
        return owner;
    }
}
