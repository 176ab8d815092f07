using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// The decoded states of the grains that had a turn last. They are few: their memory goes back to the grain for the
/// next state to be decoded, and so stays in the processor's cache. Used by the turn loop only.
/// </summary>
internal sealed class LiveStates(GrainInstances grains)
{
    private const int Capacity = 64;

    private readonly Activation?[] _ring = new Activation?[Capacity];
    private int _next;

    /// <summary>Makes room for the state of one more grain.</summary>
    public void MakeRoom()
    {
        Rest(_next);
        _ring[_next] = null;
    }

    /// <summary>Holds the state of a grain that was just decoded; room was made before.</summary>
    public void Hold(Activation grain, GrainState state)
    {
        grain.Live = state;
        _ring[_next] = grain;
        _next = (_next + 1) % Capacity;
    }

    /// <summary>Puts all of them to rest, as no turn of this batch follows.</summary>
    public void Clear()
    {
        for (var i = 0; i < Capacity; i++) Rest(i);
        Array.Clear(_ring);
        _next = 0;
    }

    // What a failed turn left behind was dropped by its runner; it is not given back.
    private void Rest(int place)
    {
        if (_ring[place] is not { Live: { } state } grain) return;
        grain.Live = null;
        grains.Of(grain.Key.Kind).Release(state);
    }
}
