using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Turns;

/// <summary>
/// The messages of one commit and all they write. Filled by the turn loop, then handed to the commit loop;
/// three of them go round, so a batch that answers is never filled at the same time.
/// </summary>
internal sealed class Batch
{
    /// <summary>Number, from 1 in each process.</summary>
    public long Number { get; set; }

    /// <summary>Now of the turns that fold next.</summary>
    public Instant Now { get; set; }

    /// <summary>What is answered once this is durable.</summary>
    public List<MailItem> Items { get; } = [];

    /// <summary>Grains that were decoded for this batch.</summary>
    public List<Activation> Opened { get; } = [];

    /// <summary>Grains that this batch changes, each once.</summary>
    public List<Activation> Changed { get; } = [];

    /// <summary>Their states, taken when the batch was sealed.</summary>
    public List<SealedState> States { get; } = [];

    /// <summary>States that its commit replaced in memory.</summary>
    public List<HeldState> Superseded { get; } = [];

    /// <summary>New journal rows, with consecutive sequences.</summary>
    public List<JournalRow> Journal { get; } = [];

    /// <summary>Newest rows of journals that were written anew: they go, and all they lead back to.</summary>
    public List<long> Cuts { get; } = [];

    public List<RowWrite> Rows { get; } = [];

    public List<OutboxRow> Outbox { get; } = [];

    public List<SendRow> Sends { get; } = [];

    /// <summary>Wake-ups in the order they were asked for, removals of delivered ones among them.</summary>
    public List<WakeWrite> Wakes { get; } = [];

    /// <summary>Rows of <c>pending_send</c> whose turn is in this batch or was in one before.</summary>
    public List<long> SendsDone { get; } = [];

    /// <summary>What is left of each lease that was spent or granted.</summary>
    public Dictionary<string, long> Leases { get; } = new(StringComparer.Ordinal);

    /// <summary>Work to be written after everything else.</summary>
    public List<Chore> Chores { get; } = [];

    /// <summary>Turns run for this batch: what <see cref="EmbeddedOptions.BatchLimit"/> bounds.</summary>
    public int Turns { get; set; }

    public bool IsEmpty => Items.Count == 0;

    /// <summary>False when there is nothing to commit.</summary>
    public bool HasWrites =>
        Changed.Count > 0 || Wakes.Count > 0 || SendsDone.Count > 0 || Leases.Count > 0 || Chores.Count > 0;

    /// <summary>Takes the states as they are now: the grains may change again for the next batch.</summary>
    public void Seal()
    {
        foreach (var grain in Changed)
        {
            States.Add(new SealedState(grain, grain.Latest, grain.NowMs, grain.JournalHead, !grain.Stored));
            grain.Stored = true;
        }
    }

    /// <summary>Begins anew with nothing in it, when no turn so far changed anything.</summary>
    public void Reopen()
    {
        Opened.Clear();
        Turns = 0;
    }

    /// <summary>The journal row with this sequence, when this batch writes it.</summary>
    public JournalRow? FindJournal(long seq)
    {
        if (Journal.Count == 0) return null;
        var place = seq - Journal[0].Seq;
        return place >= 0 && place < Journal.Count ? Journal[(int)place] : null;
    }

    public void Clear(long number)
    {
        Number = number;
        Turns = 0;
        Items.Clear();
        Opened.Clear();
        Changed.Clear();
        States.Clear();
        Superseded.Clear();
        Journal.Clear();
        Cuts.Clear();
        Rows.Clear();
        Outbox.Clear();
        Sends.Clear();
        Wakes.Clear();
        SendsDone.Clear();
        Leases.Clear();
        Chores.Clear();
    }
}

/// <summary>A state as it goes to disk.</summary>
internal readonly record struct SealedState(
    Activation Grain, HeldState State, long NowMs, long JournalHead, bool IsNew);

/// <summary>
/// A wake-up asked for or withdrawn (never), or a delivered one to be removed if it still stands.
/// </summary>
internal readonly record struct WakeWrite(WakeRow Wake, bool Delivered);
