using System.Diagnostics;
using DToC.Load.InProcess;
using DToC.Load.Traffic;
using SQLitePCL;

namespace DToC.Load.Limit;

/// <summary>Writes a partition's tape into its file as fast as SQLite takes it, over and over.</summary>
internal sealed class BareWriter : IDisposable
{
    private readonly BareFile _file;
    private readonly IReadOnlyList<TapeBatch> _tape;
    private readonly long[] _heads;
    private readonly sqlite3_stmt _begin, _commit, _update, _journal, _outbox, _wake;
    private long _journalSeq;
    private long _outboxSeq;
    private int _place;

    /// <param name="path">A file of a data folder that no host has open.</param>
    /// <param name="tape">What to write.</param>
    /// <param name="rows">The greatest row id of a grain.</param>
    public BareWriter(string path, IReadOnlyList<TapeBatch> tape, long rows)
    {
        _file = new BareFile(path);
        _tape = tape;
        _heads = new long[rows + 1];
        _begin = _file.Prepare("BEGIN IMMEDIATE");
        _commit = _file.Prepare("COMMIT");
        _update = _file.Prepare("UPDATE grain SET version=?2, now=?3, journal_head=?4, state=?5 WHERE id=?1");
        _journal = _file.Prepare("""
            INSERT INTO journal(seq, prev, key, kind, occurred, recorded, keep_until, seed, plan, payload)
            VALUES(?,?,?,?,?,?,?,?,?,?)
            """);
        _outbox = _file.Prepare(
            "INSERT INTO outbox(seq, topic, recorded, sender, sequence, payload) VALUES(?,?,?,?,?,?)");
        _wake = _file.Prepare(
            "INSERT INTO wake(key, name, at) VALUES(?,?,?) ON CONFLICT DO UPDATE SET at=excluded.at");
        _journalSeq = _file.Number("SELECT coalesce(max(seq), 0) FROM journal");
        _outboxSeq = _file.Number("SELECT coalesce(max(seq), 0) FROM outbox");
    }

    /// <summary>Microseconds of processor an event of the last run.</summary>
    public double CpuUs { get; private set; }

    /// <summary>Writes for so long, wake-ups too when told so; returns events a second.</summary>
    public double Run(TimeSpan length, bool withWakes)
    {
        var events = 0L;
        var cpuBefore = TurnProfile.UsOfThisThread();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < length)
        {
            var batch = _tape[_place++ % _tape.Count];
            Write(batch, withWakes);
            events += batch.Events;
        }
        CpuUs = (TurnProfile.UsOfThisThread() - cpuBefore) / events;
        return events / clock.Elapsed.TotalSeconds;
    }

    public void Dispose() => _file.Dispose();

    private void Write(TapeBatch batch, bool withWakes)
    {
        var now = Scene.Now().UnixMs;
        _file.Run(_begin);
        foreach (var (row, _, entry) in batch.Journal) _heads[row] = ++_journalSeq;
        WriteStates(batch, now);
        WriteJournal(batch, now);
        foreach (var (key, published) in batch.Outbox)
        {
            _file.Bind(_outbox, 1, ++_outboxSeq);
            _file.Bind(_outbox, 2, (long)published.Topic);
            _file.Bind(_outbox, 3, now);
            _file.Bind(_outbox, 4, key);
            _file.Bind(_outbox, 5, published.Sequence);
            _file.Bind(_outbox, 6, published.Payload.Span);
            _file.Run(_outbox);
        }
        if (withWakes) WriteWakes(batch);
        _file.Run(_commit);
        _file.MoveLogWhenLong();
    }

    private void WriteStates(TapeBatch batch, long now)
    {
        foreach (var state in batch.States)
        {
            _file.Bind(_update, 1, state.Row);
            _file.Bind(_update, 2, state.Version);
            _file.Bind(_update, 3, now);
            _file.Bind(_update, 4, _heads[state.Row]);
            _file.Bind(_update, 5, state.Bytes);
            _file.Run(_update);
        }
    }

    private void WriteJournal(TapeBatch batch, long now)
    {
        var seq = _journalSeq - batch.Journal.Count;
        foreach (var (row, key, entry) in batch.Journal)
        {
            _file.Bind(_journal, 1, ++seq);
            _file.Bind(_journal, 2, _heads[row]);
            _file.Bind(_journal, 3, key);
            _file.Bind(_journal, 4, (long)entry.Kind);
            _file.Bind(_journal, 5, entry.OccurredAt.UnixMs);
            _file.Bind(_journal, 6, now);
            _file.Bind(_journal, 7, entry.KeepUntil.UnixMs);
            _file.Bind(_journal, 8, unchecked((long)(entry.Seed + (ulong)seq * 0x9E3779B97F4A7C15)));
            _file.Bind(_journal, 9, unchecked((long)entry.PlanHash));
            _file.Bind(_journal, 10, entry.Payload.Span);
            _file.Run(_journal);
        }
    }

    private void WriteWakes(TapeBatch batch)
    {
        foreach (var (key, name, atMs) in batch.Wakes)
        {
            _file.Bind(_wake, 1, key);
            _file.BindText(_wake, 2, name);
            _file.Bind(_wake, 3, atMs);
            _file.Run(_wake);
        }
    }
}
