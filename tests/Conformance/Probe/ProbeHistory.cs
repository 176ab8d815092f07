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

    /// <summary>The entry's payload for a command.</summary>
    public static byte[] Command(string owner, ProbeMark mark, long weight) =>
        Bytes(CommandEntry, owner, writer =>
        {
            writer.Mark(mark);
            writer.Number(weight);
        });

    /// <summary>The entry's payload for a message received.</summary>
    public static byte[] Received(string owner, string way, long number) =>
        Bytes(ReceivedEntry, owner, writer =>
        {
            writer.Text(way);
            writer.Number(number);
        });

    /// <summary>The entry's payload for a checkpoint.</summary>
    public static byte[] Checkpoint(
        string owner, SortedDictionary<ProbeMark, long> commands, SortedDictionary<string, long> received) =>
        Bytes(CheckpointEntry, owner, writer =>
        {
            writer.Number(commands.Count);
            foreach (var (mark, weight) in commands)
            {
                writer.Mark(mark);
                writer.Number(weight);
            }
            writer.Table(received);
        });

    private static byte[] Bytes(byte tag, string owner, Action<StoredWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new StoredWriter(output);
        writer.Byte(tag);
        writer.Text(owner);
        write(writer);
        return output.WrittenSpan.ToArray();
    }

    private string Read(JournalEntry entry)
    {
        var reader = new StoredReader(entry.Payload.Span);
        var tag = reader.Byte();
        var owner = reader.Text();
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
