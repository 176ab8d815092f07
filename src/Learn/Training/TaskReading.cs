using DToC.Twin;

namespace DToC.Learn.Training;

/// <summary>What of a task's customers is kept in memory; outcomes always are.</summary>
[Flags]
public enum ReadingNeeds
{
    /// <summary>Features as of the moment that is graded on alone.</summary>
    Graded = 0,

    /// <summary>Features as of the moments that are fitted and calibrated on.</summary>
    Fitted = 1,

    /// <summary>Features of everybody as of the end, whatever came true.</summary>
    Everybody = 2,

    /// <summary>All of them.</summary>
    All = Fitted | Everybody,
}

/// <summary>A task with the moments it is read as of, and what was read.</summary>
public sealed class TaskReading
{
    private readonly Dictionary<Instant, Examples> _byCut;
    private readonly List<Instant> _toFill = [];

    /// <summary>A task to be read.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cuts">Its moments; null for one of which nothing says what came true.</param>
    /// <param name="lastKnown">Where what may be fitted on ends: all customers as of then are read, too.</param>
    /// <param name="needs">What is kept.</param>
    /// <param name="shared">
    /// A reading of the same task and needs that is read together with it: what both have as of a moment is kept once.
    /// </param>
    public TaskReading(
        ModelTask task, TimeCuts? cuts, Instant lastKnown, ReadingNeeds needs = ReadingNeeds.All,
        TaskReading? shared = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        (Task, Cuts, LastKnown, Needs) = (task, cuts, lastKnown, needs);
        _byCut = Moments.ToDictionary(cut => cut, cut => Shared(cut) ?? Own(cut));
        Everybody = new Examples(task.InputNames);

        // What is graded on has its features; where the other one does not, it is kept apart.
        Examples? Shared(Instant cut) =>
            shared?._byCut.GetValueOrDefault(cut) is { } there && (there.HasRows || !HasRowsAt(cut)) ? there : null;

        Examples Own(Instant cut)
        {
            _toFill.Add(cut);
            return new Examples(task.InputNames, HasRowsAt(cut));
        }
    }

    /// <summary>Where what may be fitted on ends.</summary>
    public Instant LastKnown { get; }

    /// <summary>All customers as of <see cref="LastKnown"/>, without anything that came true; where needed.</summary>
    public Examples Everybody { get; }

    /// <summary>The task.</summary>
    public ModelTask Task { get; }

    /// <summary>Its moments; null for one of which nothing says what came true.</summary>
    public TimeCuts? Cuts { get; }

    /// <summary>What is kept of its customers.</summary>
    public ReadingNeeds Needs { get; }

    internal IEnumerable<Instant> Moments => Cuts?.All ?? [];

    /// <summary>The moments whose examples are this reading's to fill.</summary>
    internal IReadOnlyList<Instant> ToFill => _toFill;

    /// <summary>What is read of the events themselves: filled in place of the examples.</summary>
    internal ISequenceReading? Sequences { get; init; }

    /// <summary>Customers left out, as there is no legal basis to learn from them for the model's purpose.</summary>
    public long Withheld { get; internal set; }

    /// <summary>What was read as of a moment.</summary>
    public Examples At(Instant cut) => _byCut[cut];

    /// <summary>What was read to fit on.</summary>
    public IReadOnlyList<Examples> ToFit => [.. (Cuts?.Fit ?? []).Select(At)];

    /// <summary>What a kind is fitted on: histories as of the end, or rows of moments with what came after.</summary>
    public static ReadingNeeds NeedsOf(LearntKind kind) => kind switch
    {
        _ when LearntKinds.IsOfRows(kind) => ReadingNeeds.Fitted,
        LearntKind.BgNbd or LearntKind.MbgNbd or LearntKind.ParetoNbd or LearntKind.GammaGamma =>
            ReadingNeeds.Everybody,
        _ => ReadingNeeds.All,
    };

    private bool HasRowsAt(Instant cut) => Needs.HasFlag(ReadingNeeds.Fitted) || cut == Cuts?.Grade;
}
