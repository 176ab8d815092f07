using System.Buffers;
using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// Puts rows, journal entries and effects of outcomes into batches, and numbers them. Numbers of a failed
/// commit are not used again. Used by the turn loop only.
/// </summary>
internal sealed class OutcomeWriter(GrainInstances grains, StoreReader reader)
{
    private readonly ArrayBufferWriter<byte> _message = new(1_024);
    private readonly List<byte[]> _messages = [];
    private long _lastJournal = reader.Database.Number("SELECT max(seq) FROM journal") ?? 0;
    private long _lastOutbox = reader.LastOutbox();
    private long _lastSend = reader.Database.Number("SELECT max(seq) FROM pending_send") ?? 0;
    private long _journalEntries;

    /// <summary>Journal entries written into batches.</summary>
    public long JournalEntries => Volatile.Read(ref _journalEntries);

    /// <summary>Encodes what may fail to be encoded and checks names, before anything is taken.</summary>
    public void Prepare(TurnResult.Outcome outcome)
    {
        _messages.Clear();
        foreach (var row in outcome.Rows) Require(StoredNames.Problem(row.Row));
        foreach (var effect in outcome.Effects)
        {
            if (effect is Effect.WakeUp wake) Require(StoredNames.Problem(wake.Name));
            if (effect is not Effect.Send send) continue;
            Require(StoredNames.Problem(send.To));
            _message.ResetWrittenCount();
            grains.Of(send.To.Kind).EncodeMessage(send.Message, _message);
            _messages.Add(_message.WrittenSpan.ToArray());
        }
    }

    public void Write(TurnResult.Outcome outcome, Activation grain, Batch batch)
    {
        if (outcome.Rewritten is { } rewritten)
        {
            batch.Cuts.Add(grain.JournalHead);
            grain.JournalHead = 0;
            foreach (var entry in rewritten) Append(entry, grain, batch);
        }
        foreach (var entry in outcome.Journal)
        {
            Append(entry, grain, batch);
            Volatile.Write(ref _journalEntries, _journalEntries + 1);
        }
        foreach (var row in outcome.Rows)
        {
            grain.Rows ??= new RowOverlay();
            grain.Rows.Write(batch.Number, row.Row, row.Value);
            batch.Rows.Add(new RowWrite(grain.Key, row.Row, row.Value, grain.SealKey));
        }
        var message = 0;
        foreach (var effect in outcome.Effects)
        {
            switch (effect)
            {
                case Effect.Publish published:
                    batch.Outbox.Add(new OutboxRow(
                        ++_lastOutbox, published.Topic, grain.Key, published.Sequence, published.Payload)
                    {
                        SealKey = grain.SealKey,
                    });
                    break;
                case Effect.Send send:
                    batch.Sends.Add(new SendRow(
                        ++_lastSend, grain.Key, send.Sequence, send.To, _messages[message++])
                    {
                        SealKey = grain.SealKey,
                    });
                    break;
                case Effect.WakeUp wake:
                    batch.Wakes.Add(new WakeWrite(
                        new WakeRow(grain.Key, wake.Name, wake.At.UnixMs), Delivered: false));
                    break;
            }
        }
    }

    private void Append(JournalEntry entry, Activation grain, Batch batch)
    {
        batch.Journal.Add(new JournalRow(++_lastJournal, grain.JournalHead, grain.Key, entry, grain.SealKey));
        grain.JournalHead = _lastJournal;
    }

    private static void Require(string? problem)
    {
        if (problem is not null) throw new InvalidOperationException(problem);
    }
}
