using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Simulation;

/// <summary>
/// An event that is simulated. It is folded into forks as one that came would be; the same object over and over.
/// </summary>
internal sealed class SimulatedEvent
{
    private readonly TouchpointEvent _event;
    private readonly int _signal;
    private readonly double _scale;

    public SimulatedEvent(TwinPlan plan, SimulatedEventPlan simulated)
    {
        var type = plan.Events.Types[simulated.Type];
        (_signal, _scale) = (simulated.Signal, simulated.Signal < 0 ? 1 : type.Scales[simulated.Signal]);
        var numbers = new long[type.Signals.Count];
        Array.Fill(numbers, TouchpointEvent.Missing);
        var context = new ReadOnlyMemory<byte>[ContextKeys.Count];
        _event = new TouchpointEvent
        {
            Schema = plan.Events, Id = "", Source = "", Type = simulated.Type, OccurredAt = Instant.Never,
            ReceivedAt = Instant.Never, SourceAndId = [0], KeyHash = 0, Json = default, Numbers = numbers,
            Tokens = [], TokenBytes = [], Context = context,
        };
    }

    /// <summary>Slot of its type.</summary>
    public int Type => _event.Type;

    /// <summary>Lets it happen to a fork, not before what has happened to it.</summary>
    /// <param name="fork">The fork.</param>
    /// <param name="at">When.</param>
    /// <param name="value">Value of its signal, in the signal's unit.</param>
    public void Happen(CustomerState fork, Instant at, double value)
    {
        _event.Happen(Instant.Max(at, fork.LastAt));
        if (_signal >= 0) _event.Numbers[_signal] = (long)Math.Round(value * _scale);
        CommutativeFold.Apply(fork, _event);
        OrderedFold.Apply(fork, _event);
    }
}
