using System.Text;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>A basket: when, and what it held, each token once.</summary>
internal readonly record struct DatedBasket(long AtMs, IReadOnlyList<string> Tokens);

/// <summary>
/// Finds in events what a model of what comes next is about: baskets, events or stages, one after the other. Each
/// persona of a customer is somebody of its own.
/// </summary>
/// <param name="task">The model, and the slots it reads.</param>
/// <param name="kind">Affinity, or what comes next.</param>
internal sealed class SequenceTrail(ModelTask task, LearntKind kind)
{
    private const int Unread = int.MinValue;

    private readonly int[] _signals = SignalsOf(task.Plan, task.Plan.Vector.Features[task.Inputs[0]]);

    /// <summary>The model, and the slots it reads.</summary>
    public ModelTask Task => task;

    /// <summary>Affinity, or what comes next.</summary>
    public LearntKind Kind => kind;

    /// <summary>The feature it reads.</summary>
    public FeatureRead Feature { get; } = task.Plan.Vector.Features[task.Inputs[0]];

    /// <summary>Names of what may come, by index; of events or stages.</summary>
    public IReadOnlyList<string> Names { get; } = kind == LearntKind.NextStage
        ? task.Plan.Fold.Journey.Stages
        : [.. task.Plan.Events.Types.Select(type => type.Name)];

    /// <summary>Whether the feature reads an event type.</summary>
    public bool IsRead(int type) => _signals[type] != Unread;

    /// <summary>The events of each persona, in their order.</summary>
    public static IEnumerable<IEnumerable<TouchpointEvent>> Apart(IReadOnlyList<TouchpointEvent> events) =>
        events.GroupBy(e => e.Persona);

    /// <summary>What happened, or which stage began, and when.</summary>
    /// <param name="own">Events of one persona, in their order.</param>
    /// <param name="until">Where what is known ends.</param>
    public IReadOnlyList<(int Type, long AtMs)> Moves(IEnumerable<TouchpointEvent> own, Instant until)
    {
        var known = own.Where(e => e.OccurredAt <= until);
        return kind == LearntKind.NextEvent
            ? [.. known.Where(e => IsRead(e.Type)).Select(e => (e.Type, e.OccurredAt.UnixMs))]
            : Spell.StageMoves(
                task.Plan.Fold.Journey, known.Select(e => (e.Type, e.OccurredAt.UnixMs)), until.UnixMs);
    }

    /// <summary>The baskets that hold something.</summary>
    /// <inheritdoc cref="Moves"/>
    public IEnumerable<DatedBasket> Baskets(IEnumerable<TouchpointEvent> own, Instant until)
    {
        foreach (var e in own.Where(e => IsRead(e.Type) && e.OccurredAt <= until))
        {
            var tokens = e.Tokens.Where(token => token.Signal == _signals[e.Type])
                .Select(token => Encoding.UTF8.GetString(e.TokenBytes, token.Offset, token.Length))
                .ToHashSet(StringComparer.Ordinal);
            if (tokens.Count > 0) yield return new DatedBasket(e.OccurredAt.UnixMs, [.. tokens]);
        }
    }

    /// <summary>Whether the journey has a way from one stage to another.</summary>
    public bool CanFollow(int from, int to)
    {
        var journey = task.Plan.Fold.Journey;
        if (from == to) return false;
        if (journey.IdleMs[from] != long.MaxValue && journey.IdleTo[from] == to) return true;
        for (var type = 0; type < task.Plan.Events.Types.Count; type++)
        {
            if (journey.Next[type * journey.Stages.Count + from] == to) return true;
        }
        return false;
    }

    // Which signal of each event type the feature reads; -1 for the event as such.
    private static int[] SignalsOf(TwinPlan plan, FeatureRead feature) =>
    [
        .. plan.Fold.Ordered.Select(steps =>
        {
            foreach (var step in steps)
            {
                if (step.At == feature.At && step.Op is (FoldOp.Basket or FoldOp.LastEvent)) return step.Signal;
            }
            return Unread;
        }),
    ];
}
