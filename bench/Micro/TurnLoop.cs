using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.State;

namespace DToC.Micro;

/// <summary>
/// Fold, score and decide in memory, without journal, record or storage: each event is folded and the rules of every
/// turn are scored and asked; where one fired, everything is read and scored and the offers are weighed.
/// </summary>
public sealed class TurnLoop
{
    // An event is folded some moments after it occurred, so every turn carries decayed values forward.
    private const long DelayMs = 250;
    private readonly RetailCase _case;
    private readonly CustomerState _known;
    private readonly TurnDecider _decider;
    private readonly bool _isHeldOut;

    /// <summary>A loop over a case; the state stands at its beginning.</summary>
    public TurnLoop(RetailCase retail)
    {
        _case = retail;
        _known = retail.NewState();
        State = retail.NewState();
        _decider = new TurnDecider(retail.Plan);
        _isHeldOut = Decider.IsHeldOut(retail.Plan, RetailCase.Customer);
    }

    /// <summary>The state as it stands.</summary>
    public CustomerState State { get; }

    /// <summary>Turns of one round.</summary>
    public int TurnsOfRound => _case.Next.Length;

    /// <summary>Puts the state back to its beginning. Not part of what is measured.</summary>
    public void Reset()
    {
        _known.Longs.CopyTo(State.Longs, 0);
        _known.Reals.CopyTo(State.Reals, 0);
        _known.Bytes.CopyTo(State.Bytes, 0);
        State.Newest = _known.Newest;
        State.Recent.Clear();
        State.Recent.Merge(_known.Recent);
        State.Held.Clear();
    }

    /// <summary>One turn for each event of the case; returns the decisions made and winners found.</summary>
    public (int Decisions, int Winners) Round()
    {
        var (decisions, winners) = (0, 0);
        foreach (var e in _case.Next)
        {
            Fold(e);
            for (var (fired, trigger) = (Score(e), 0); fired != 0; fired >>= 1, trigger++)
            {
                if ((fired & 1) == 0) continue;
                ScoreAll(e, trigger);
                decisions++;
                if (Decide() != Decider.NoWinner) winners++;
            }
        }
        return (decisions, winners);
    }

    /// <summary>Only the folds of a round.</summary>
    public void FoldRound()
    {
        foreach (var e in _case.Next) Fold(e);
    }

    /// <summary>Only the features, scores and triggers of a round, over the state as it stands.</summary>
    public void ScoreRound()
    {
        foreach (var e in _case.Next)
        {
            for (var (fired, trigger) = (Score(e), 0); fired != 0; fired >>= 1, trigger++)
            {
                if ((fired & 1) != 0) ScoreAll(e, trigger);
            }
        }
    }

    /// <summary>Only the choices of a round, over what was scored last.</summary>
    public int DecideRound()
    {
        var winners = 0;
        foreach (var e in _case.Next)
        {
            if (_case.Plan.Decisions.FiredByEvent[e.Type] != 0 && Decide() != Decider.NoWinner) winners++;
        }
        return winners;
    }

    /// <summary>Folds one event.</summary>
    public void Fold(TouchpointEvent e)
    {
        CommutativeFold.Apply(State, e);
        State.Recent.Add(e.KeyHash, e.OccurredAt);
        OrderedFold.Apply(State, e);
    }

    /// <summary>Reads and scores what every turn needs; returns the triggers that fire.</summary>
    public ulong Score(TouchpointEvent e)
    {
        _decider.Read(State, e.OccurredAt.PlusMs(DelayMs));
        return _decider.Fired(State, _case.Plan.Decisions.FiredByEvent[e.Type], mayFireThresholds: true);
    }

    /// <summary>Reads and scores everything.</summary>
    public void ScoreAll(TouchpointEvent e, int trigger) =>
        _decider.ReadAll(State, e.OccurredAt.PlusMs(DelayMs), trigger, []);

    /// <summary>Weighs the offers of what was read last.</summary>
    public int Decide() => _decider.Decide(State, _isHeldOut).Winner;
}
