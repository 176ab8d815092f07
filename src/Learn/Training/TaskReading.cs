using DToC.Twin;

namespace DToC.Learn.Training;

/// <summary>A task with the moments it is read as of, and what was read.</summary>
public sealed class TaskReading
{
    private readonly Dictionary<Instant, Examples> _byCut;

    /// <summary>A task to be read.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cuts">Its moments; null for one of which nothing says what came true.</param>
    /// <param name="lastKnown">Where what may be fitted on ends: all customers as of then are read, too.</param>
    public TaskReading(ModelTask task, TimeCuts? cuts, Instant lastKnown)
    {
        ArgumentNullException.ThrowIfNull(task);
        (Task, Cuts, LastKnown) = (task, cuts, lastKnown);
        _byCut = Moments.ToDictionary(cut => cut, _ => new Examples(task.InputNames));
        Everybody = new Examples(task.InputNames);
    }

    /// <summary>Where what may be fitted on ends.</summary>
    public Instant LastKnown { get; }

    /// <summary>All customers as of <see cref="LastKnown"/>, without anything that came true.</summary>
    public Examples Everybody { get; }

    /// <summary>The task.</summary>
    public ModelTask Task { get; }

    /// <summary>Its moments; null for one of which nothing says what came true.</summary>
    public TimeCuts? Cuts { get; }

    internal IEnumerable<Instant> Moments => Cuts?.All ?? [];

    /// <summary>What is read of the events themselves: filled in place of the examples.</summary>
    internal ISequenceReading? Sequences { get; init; }

    /// <summary>Customers left out, as there is no legal basis to learn from them for the model's purpose.</summary>
    public long Withheld { get; internal set; }

    /// <summary>What was read as of a moment.</summary>
    public Examples At(Instant cut) => _byCut[cut];

    /// <summary>What was read to fit on.</summary>
    public IReadOnlyList<Examples> ToFit => [.. (Cuts?.Fit ?? []).Select(At)];
}
